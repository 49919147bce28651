/**
 * Times the executable as a whole process beside bare Node, in turns, and prints the medians in
 * milliseconds: one small chart, and every chart of the corpus in one stream where it is there.
 */
import {spawnSync} from 'node:child_process';
import {existsSync, readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';

const repository = path.resolve(import.meta.dirname, '../..');
const executable = path.join(repository, 'dist/kube-harden.cjs');
const corpus = path.resolve(repository, '../shared/corpus');

const cases: (readonly [string, readonly string[], string])[] = [
  ['node -e 0', ['-e', '0'], ''],
  ['one small chart', [executable], streamOf('charts-fixtures/rendered/shop.yaml')],
];
if (existsSync(corpus)) {
  const files = readdirSync(corpus).filter(file => file.endsWith('.yaml'));
  cases.push([
    'the corpus',
    [executable],
    files.map(file => streamOf(path.join(corpus, file))).join('---\n'),
  ]);
}

function streamOf(file: string): string {
  const text = readFileSync(path.resolve(repository, file), 'utf8');
  return text.endsWith('\n') ? text : `${text}\n`;
}

const times = cases.map((): number[] => []);
for (let round = 0; round < 15; round++) {
  for (const [index, [, args, input]] of cases.entries()) {
    const start = performance.now();
    const {status} = spawnSync(process.execPath, args, {input, maxBuffer: 1 << 28});
    if (status !== 0) throw new Error(`exit code ${status}`);
    times[index]?.push(performance.now() - start);
  }
}
for (const [index, [name, , input]] of cases.entries()) {
  const sorted = (times[index] ?? []).sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  console.log(
    `${name.padEnd(16)} ${(input.length / 1000).toFixed(0).padStart(6)} kB ${median.toFixed(0).padStart(6)} ms`,
  );
}
