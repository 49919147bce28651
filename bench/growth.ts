/**
 * Measures how the cost of hostile streams grows with their size, and writes
 * `bench/results/growth.md`. See `bench/README.md`.
 */
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {parseArgs} from 'node:util';
import {repository} from '../test/tools/tools.ts';
import type {Shape} from './growth/shape.ts';
import {shapes} from './growth/shapes/index.ts';
import {measure, type Run} from './measure.ts';

const {values: options} = parseArgs({
  options: {
    doublings: {type: 'string', default: '3'},
    only: {type: 'string', default: ''},
    seconds: {type: 'string', default: '60'},
  },
});

/** Seconds after which a run is stopped. */
const limit = Number(options.seconds);

interface Row {
  readonly name: string;
  readonly count: number;
  readonly bytes: number;
  readonly run: Run;
}

const rows: Row[] = [];
const scratch = mkdtempSync(path.join(tmpdir(), 'kube-harden-growth-'));
try {
  for (const shape of shapes) {
    if (shape.name.includes(options.only)) await measureShape(shape);
  }
} finally {
  rmSync(scratch, {recursive: true});
}

async function measureShape({name, args, policy, stream, from}: Shape): Promise<void> {
  const file = path.join(scratch, 'policy.yaml');
  writeFileSync(file, policy ?? '');
  const executable = path.join(repository, 'dist/kube-harden.cjs');
  const command = {
    file: process.execPath,
    args: [executable, ...args, '--config', file],
    exitCodes: [0],
  };
  for (let step = 0; step <= Number(options.doublings); step++) {
    const count = from * 2 ** step;
    const text = stream(count);
    const input = path.join(scratch, 'stream.yaml');
    writeFileSync(input, text);
    const run = await measure(command, input, limit);
    rows.push({name, count, bytes: Buffer.byteLength(text), run});
    process.stdout.write(`${lineOf(rows.at(-1) as Row)}\n`);
    writeTable();
    if (run.outcome.startsWith('over')) return;
  }
}

function lineOf({name, count, bytes, run}: Row): string {
  const {outcome, cpuSeconds, peakBytes} = run;
  const memory = peakBytes === undefined ? '' : `${Math.round(peakBytes / 2 ** 20)} MiB`;
  const told =
    outcome === 'ok' ? `${cpuSeconds.toFixed(2)} s` : `${outcome}, ${cpuSeconds.toFixed(2)} s`;
  const cells = [name, count.toLocaleString('en'), `${(bytes / 1e6).toFixed(2)} MB`, told, memory];
  return `| ${[...cells, growthOf(name, count)].join(' | ')} |`;
}

/** The exponent by which the time grew since half the count: 1 is linear, 2 quadratic. */
function growthOf(name: string, count: number): string {
  const secondsAt = (wanted: number) =>
    rows.find(row => row.name === name && row.count === wanted)?.run.cpuSeconds;
  const [half, whole] = [secondsAt(count / 2), secondsAt(count)];
  return half === undefined || whole === undefined ? '' : Math.log2(whole / half).toFixed(1);
}

function writeTable(): void {
  const text = [
    '# How cost grows',
    '',
    `Written by \`npm run growth\` on Node ${process.version}: CPU time and peak memory of the whole process, one run each. The last`,
    'column is the power of the count by which the time grew since half of it: 1 is linear, 2 quadratic. `exit code 2` is the',
    'error that bounds what would cost more ([limits](../README.md#growth)).',
    '',
    '| shape | n | input | CPU time | memory | growth |',
    '|---|---|---|---|---|---|',
    ...rows.map(lineOf),
    '',
  ].join('\n');
  mkdirSync(path.join(repository, 'bench/results'), {recursive: true});
  writeFileSync(path.join(repository, 'bench/results/growth.md'), text);
}
