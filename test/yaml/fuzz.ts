/**
 * Looks for crashes, hangs, lost documents and disagreements with Kubernetes' readers, in documents
 * made by mutation: `npm run fuzz -- yaml --minutes 10 --seed 1 --keep`. What makes our reader do something
 * new is mutated further; `--keep` puts the shortest of that, of our own texts, into test/yaml/seeds. Exits 1 where
 * anything was found, and prints it, shrunk.
 */
import {createHash} from 'node:crypto';
import {writeFileSync} from 'node:fs';
import path from 'node:path';
import {parseArgs} from 'node:util';
import type {NodeTable} from '../../src/yaml/node-table.ts';
import {readDocument} from '../../src/yaml/read.ts';
import {splitDocuments} from '../../src/yaml/split.ts';
import {binFolder} from '../tools/tools.ts';
import {type Reading, readBytes} from './agreement.ts';
import {chooseAtRandom, pick} from './choices.ts';
import {examineEdits, examineReading} from './examine.ts';
import {mutate} from './mutate.ts';
import {YamlOracle} from './oracle.ts';
import {pathological} from './pathological.ts';
import {documentsIn, readSeeds, seedFolder} from './seeds.ts';
import {shrink} from './shrink.ts';

const {values: options} = parseArgs({
  options: {
    minutes: {type: 'string', default: '1'},
    seed: {type: 'string', default: String(Date.now() % 1e9)},
    keep: {type: 'boolean', default: false},
  },
});

/** No text of a few thousand characters may take longer, in milliseconds of CPU time. */
const slowest = 1000;
const largestPool = 5000;
const longest = 4000;
const mostKept = 150;

const oracle = new YamlOracle(path.join(binFolder, 'yaml-oracle'));
const choose = chooseAtRandom(Number(options.seed));
/** Texts of our own, and those of other people's charts, of which nothing is ever kept. */
const own = readSeeds().filter(text => text.length < longest);
const corpus = process.env['CORPUS_FOLDER'] ?? '../shared/corpus';
const foreign = documentsIn(corpus).filter(text => text.length < longest);
const pools = foreign.length > 0 ? [own, foreign] : [own];
const behaviours = new Set(pools.flat().flatMap(behavioursOf));
const found = new Map<string, string>();
const novel: string[] = [];

/** What the reader did with a text: its refusal, or which kinds of nodes it found behind which. */
function behavioursOf(text: string): readonly string[] {
  try {
    return describe(readBytes(Buffer.from(text)));
  } catch (error) {
    return [`throws ${error}`];
  }
}

function describe(reading: Reading): readonly string[] {
  if ('refusal' in reading) return [reading.refusal.replaceAll(/"[^"]*"|\d+/g, '…')];
  return reading.documents.flatMap(({nodes, ambiguities}) => {
    const kinds = Array.from({length: nodes.count}, (_, index) => nodeAt(nodes, index));
    return [
      ...kinds.map((kind, index) => `${kinds[index - 2]}>${kinds[index - 1]}>${kind}`),
      ...ambiguities.map(({kind}, index) => `${kind} ${Math.min(index, 3)}`),
    ];
  });
}

const nodeAt = (nodes: NodeTable, index: number): string =>
  `${nodes.kind(index)}${nodes.leads.has(index) ? '&' : ''}${nodes.merges.has(index) ? '<' : ''}`;

/**
 * The CPU time of the process in milliseconds, so that other load on the machine does not count.
 */
function cpuTime(): number {
  const {user, system} = process.cpuUsage();
  return (user + system) / 1000;
}

/** What is wrong with a text, and the kind of fault, by which faults are told apart. */
async function faultOf(text: string, seed: number): Promise<string | undefined> {
  try {
    const started = cpuTime();
    readBytes(Buffer.from(text));
    if (cpuTime() - started > slowest) return 'hangs';
    const {reading, fault} = await examineReading(text, oracle);
    return fault ?? (await examineEdits(reading, chooseAtRandom(seed), oracle));
  } catch (error) {
    return `throws ${error instanceof Error ? error.stack : error}`;
  }
}

/** With escapes for characters that a terminal would not show. */
const escaped = (text: string): string =>
  text.replaceAll(
    /[^\x20-\x7e\n]/g,
    character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

const kindOf = (fault: string): string =>
  fault.replaceAll(/after \[.*?\]: |"(?:[^"\\]|\\.)*"|[\d.]+|in .*/gs, '').slice(0, 60);

async function report(text: string, seed: number, fault: string): Promise<void> {
  const kind = kindOf(fault);
  if (found.has(kind)) return;
  found.set(kind, text);
  const short = await shrink(text, async shorter => {
    const again = await faultOf(shorter, seed);
    return again !== undefined && kindOf(again) === kind;
  });
  process.stdout.write(`FOUND ${escaped(JSON.stringify(short))}\n`);
  process.stdout.write(`  ${escaped((await faultOf(short, seed)) ?? 'gone')}\n`);
}

async function runOnce(): Promise<void> {
  const pool = pick(choose, pools);
  const text = mutate(pick(choose, pool), choose, pool, 6);
  if (text.length > longest) return;
  const seed = choose(2 ** 30);
  const fault = await faultOf(text, seed);
  if (fault !== undefined) await report(text, seed, fault);
  const unseen = behavioursOf(text).filter(behaviour => !behaviours.has(behaviour));
  if (unseen.length === 0) return;
  for (const behaviour of unseen) behaviours.add(behaviour);
  if (pool.length < largestPool) pool.push(text);
  else pool[choose(pool.length)] = text;
  if (pool === own) novel.push(text);
}

/** Twice the text must take about twice the time; the first times warm the compiler up. */
function examineGrowth(): void {
  for (const [name, make] of Object.entries(pathological)) {
    const time = (text: string): number => {
      const started = cpuTime();
      try {
        for (const {start, end} of splitDocuments(text)) readDocument(text, start, end);
      } catch {}
      return cpuTime() - started;
    };
    const least = (size: number): number =>
      Math.min(...Array.from({length: 5}, () => time(make(size))));
    const [small, large] = [least(50_000), least(400_000)];
    if (large < 200 || large < 40 * small) continue;
    const times = `${small.toFixed(1)} ms and, of eight times the size, ${large.toFixed(1)} ms`;
    found.set(name, name);
    process.stdout.write(`FOUND ${name}: more than linear, ${times}\n`);
  }
}

/** Keeps the shortest of what did something new, each made as short as does the same. */
async function keepNovel(): Promise<void> {
  for (const text of novel.toSorted((a, b) => a.length - b.length).slice(0, mostKept)) {
    const behaviour = behavioursOf(text).join();
    const short = await shrink(text, async shorter => behavioursOf(shorter).join() === behaviour);
    const name = createHash('sha256').update(short).digest('hex').slice(0, 8);
    writeFileSync(path.join(seedFolder, `${name}.yaml`), short);
  }
}

process.stdout.write(`seed ${options.seed}, from ${pools.flat().length} texts\n`);
examineGrowth();
const end = Date.now() + Number(options.minutes) * 60_000;
let count = 0;
while (Date.now() < end) {
  await Promise.all(Array.from({length: 16}, runOnce));
  count += 16;
  if (count % 32_000 === 0) process.stdout.write(`${count} texts, ${behaviours.size} behaviours\n`);
}
if (options.keep) await keepNovel();
oracle.close();
process.stdout.write(`${count} texts, ${behaviours.size} behaviours, ${found.size} found\n`);
process.exitCode = found.size > 0 ? 1 : 0;
