/**
 * Generates streams of objects whose fields have any type, and looks for internal errors, for
 * changes by a second run, and for broken reports. Each fault is reported once, shrunk; `--keep`
 * puts it into test/fuzz/seeds, which the tests replay. `--streams N` sets the number instead of
 * the time.
 */
import {createHash} from 'node:crypto';
import {writeFileSync} from 'node:fs';
import path from 'node:path';
import {parseArgs} from 'node:util';
import type {Policy} from '../../src/policy/policy.ts';
import {chooseAtRandom, pick} from '../yaml/choices.ts';
import {shrink} from '../yaml/shrink.ts';
import {examine, kindOf} from './examine-stream.ts';
import {policies} from './policies.ts';
import {seedFolder} from './seeds.ts';
import {drawStream, readPool} from './streams.ts';
import {everyConfusion} from './sweep.ts';

const {values: options} = parseArgs({
  options: {
    minutes: {type: 'string', default: '1'},
    streams: {type: 'string'},
    seed: {type: 'string', default: String(Date.now() % 1e9)},
    sweep: {type: 'boolean', default: false},
    keep: {type: 'boolean', default: false},
  },
});

/** No small stream may take longer, in milliseconds of CPU time, once the code is warm. */
const slowest = 1000;

const choose = chooseAtRandom(Number(options.seed));
const pool = readPool();
const names = [...policies.keys()];
const found = new Map<string, string>();
const outcomes = {refused: 0, untouched: 0, rewritten: 0};
let count = 0;

/** The process's CPU time in milliseconds. */
function cpuTime(): number {
  const {user, system} = process.cpuUsage();
  return (user + system) / 1000;
}

async function run(text: string, name: string): Promise<void> {
  const started = performance.now();
  const {outcome, fault} = examineUnder(name, text, count++);
  outcomes[outcome]++;
  const isSlow = performance.now() - started > slowest && isSlowAgain(name, text);
  if (fault !== undefined || isSlow) await report(text, name, fault ?? 'hangs');
}

/** By CPU time, so that other load on the machine does not count. */
function isSlowAgain(name: string, text: string): boolean {
  const started = cpuTime();
  examineUnder(name, text, count);
  return cpuTime() - started > slowest;
}

const examineUnder = (name: string, text: string, turn?: number) =>
  examine(text, policies.get(name) as Policy, turn);

async function report(text: string, name: string, fault: string): Promise<void> {
  const kind = kindOf(fault);
  if (found.has(kind)) return;
  found.set(kind, text);
  const short = await shrink(text, async shorter => {
    const {fault: again} = examineUnder(name, shorter);
    return again !== undefined && kindOf(again) === kind;
  });
  process.stdout.write(`FOUND under "${name}": ${JSON.stringify(short)}\n`);
  process.stdout.write(`  ${examineUnder(name, short).fault ?? fault}\n`);
  if (!options.keep) return;
  const file = `${createHash('sha256').update(short).digest('hex').slice(0, 8)}.yaml`;
  writeFileSync(path.join(seedFolder, file), short);
}

/**
 * Each field of each object in turn, under some policies in turn, which random streams may miss.
 */
async function sweep(): Promise<void> {
  const under = ['strict', 'least in and out', 'essential'];
  for (const text of everyConfusion(pool.whole)) await run(text, under[count % under.length] ?? '');
}

const wanted = options.streams === undefined ? Number.POSITIVE_INFINITY : Number(options.streams);
const end =
  options.streams === undefined
    ? Date.now() + Number(options.minutes) * 60_000
    : Number.POSITIVE_INFINITY;
const summary = () =>
  `${count} streams in ${Math.round(cpuTime() / 1000)} s of CPU time: ${JSON.stringify(outcomes)}, ${found.size} found\n`;

process.stdout.write(`seed ${options.seed}, from ${pool.objects.length} objects\n`);
if (options.sweep) await sweep();
while (count < wanted && Date.now() < end) {
  await run(drawStream(choose, pool), pick(choose, names));
  if (count % 20_000 === 0) process.stdout.write(summary());
}
process.stdout.write(summary());
process.exitCode = found.size > 0 ? 1 : 0;
