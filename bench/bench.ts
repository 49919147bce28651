/**
 * Compares kube-harden as a whole process with other tools on the same streams, in turns, and
 * writes `bench/results` after each case: a table, the raw numbers, a plot. See `bench/README.md`.
 */
import {existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {arch, cpus, loadavg, platform, tmpdir} from 'node:os';
import path from 'node:path';
import {parseArgs} from 'node:util';
import {repository} from '../test/tools/tools.ts';
import {measure, type Run} from './measure.ts';
import {type Contender, contenders, layDown} from './peers.ts';
import {svgOf} from './plot.ts';
import type {Case, Report} from './report.ts';
import {
  countDocuments,
  filesStream,
  folderStream,
  releases,
  smallChart,
  streamOf,
} from './streams.ts';
import {markdownOf} from './table.ts';

/** Seconds after which a run is stopped. */
const limit = 120;

/** Seconds of wall time after which a contender's runs of one case are enough. */
const enough = 60;

const {values: options} = parseArgs({
  options: {
    rounds: {type: 'string', default: '9'},
    documents: {type: 'string', default: '1,10,100,1000,10000'},
    large: {type: 'string'},
    only: {type: 'string'},
  },
});

const corpus = process.env['CORPUS_FOLDER'] ?? path.resolve(repository, '../shared/corpus');

const only = options.only?.split(',');
const all = await contenders(name => only?.includes(name) ?? true);
const present = all.filter(({command}) => command !== undefined);
const exhausted = new Set<string>();
const cases: Case[] = [];
const scratch = mkdtempSync(path.join(tmpdir(), 'kube-harden-bench-'));
try {
  await timeCase('one small chart', smallChart());
  for (const count of options.documents.split(',').map(Number)) {
    await timeCase(count.toLocaleString('en'), streamOf(count), true);
  }
  for (const [name, files] of Object.entries(releases)) {
    const stream = filesStream(corpus, files);
    if (stream !== undefined) await timeCase(name, stream);
  }
  if (options.large !== undefined) {
    await timeCase('a large stream', readFileSync(options.large, 'utf8'));
  }
  if (existsSync(corpus)) await timeCase('the corpus', folderStream(corpus));
} finally {
  rmSync(scratch, {recursive: true});
}

async function timeCase(name: string, stream: string, isGrowing = false): Promise<void> {
  const load = loadavg()[0] ?? Number.NaN;
  const input = layDown(path.join(scratch, String(cases.length)), stream);
  const runs: Record<string, Run[]> = {};
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const contender of present) await timeRun(contender, input, runs, isGrowing);
  }
  cases.push({
    name,
    documents: countDocuments(stream),
    bytes: Buffer.byteLength(stream),
    load,
    runs,
  });
  writeResults();
}

/**
 * One more run, unless the contender has had enough, failed, or was too slow on a shorter stream.
 */
async function timeRun(
  {name, command}: Contender,
  input: string,
  runs: Record<string, Run[]>,
  isGrowing: boolean,
): Promise<void> {
  runs[name] ??= [];
  const own = runs[name];
  const spent = own.reduce((sum, run) => sum + run.wallSeconds, 0);
  if (command === undefined || spent >= enough || (isGrowing && exhausted.has(name))) return;
  if (own.some(({outcome}) => outcome !== 'ok')) return;
  const run = await measure(command(input), input, limit);
  own.push(run);
  if (isGrowing && run.outcome.startsWith('over')) exhausted.add(name);
}

function writeResults(): void {
  const folder = path.join(repository, 'bench/results');
  const report: Report = {
    date: new Date().toISOString().slice(0, 16).replace('T', ' '),
    machine: {
      Node: process.version,
      cores: `${cpus().length}, ${cpus()[0]?.model ?? 'unknown'}`,
      system: `${platform()} ${arch()}`,
    },
    contenders: all.map(({command: _, ...about}) => about),
    cases,
  };
  mkdirSync(folder, {recursive: true});
  writeFileSync(path.join(folder, 'results.md'), markdownOf(report));
  writeFileSync(path.join(folder, 'results.json'), `${JSON.stringify(report, null, 1)}\n`);
  writeFileSync(path.join(folder, 'results.svg'), svgOf(report));
  process.stderr.write(`timed: ${cases.at(-1)?.name}\n`);
}
