/**
 * Measures the audit of a catalogue of charts beside `helm template` alone, proves that shards become the report of one run,
 * and writes `bench/results/catalogue.md`. See `bench/README.md`.
 */
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import {loadavg, tmpdir} from 'node:os';
import path from 'node:path';
import {parseArgs} from 'node:util';
import {execa} from 'execa';
import {chartFolder, charts} from '../test/fixtures/charts.ts';
import {repository, toolPath} from '../test/tools/tools.ts';
import {type Command, measure, type Run} from './measure.ts';

const {values: options, positionals: folders} = parseArgs({
  allowPositionals: true,
  options: {
    charts: {type: 'string', default: '2000'},
    jobs: {type: 'string', default: 'auto'},
    shards: {type: 'string', default: '4'},
  },
});

const program = path.join(repository, 'dist/kube-harden.cjs');

/** Seconds after which a run is stopped. */
const limit = 3600;

const scratch = mkdtempSync(path.join(tmpdir(), 'kube-harden-catalogue-'));
try {
  await measureCatalogue();
} finally {
  rmSync(scratch, {recursive: true, force: true});
}

async function measureCatalogue(): Promise<void> {
  const catalogue = path.join(scratch, 'catalogue');
  const count = writeCatalogue(catalogue);
  const bin = path.join(scratch, 'bin');
  mkdirSync(bin);
  symlinkSync(toolPath('helm4'), path.join(bin, 'helm'));
  process.env['PATH'] = `${bin}${path.delimiter}${process.env['PATH']}`;
  process.env['XDG_CACHE_HOME'] = path.join(scratch, 'cache');
  const rows: string[] = [];
  const row = async (name: string, command: Command) => {
    const run = await measure(command, '/dev/null', limit);
    rows.push(rowOf(name, count, run));
    console.log(rows.at(-1));
  };
  await row('`helm template` alone, one chart after the other', {
    file: 'bash',
    args: ['-c', 'for chart in "$0"/*; do helm template web "$chart" || exit; done', catalogue],
    exitCodes: [0],
  });
  const jobs = `--jobs=${options.jobs}`;
  await row('audit, one process', auditOf(catalogue, '--no-cache'));
  await row(`audit, \`${jobs}\``, auditOf(catalogue, '--no-cache', jobs));
  await row(`audit, \`${jobs}\`, keeping audits`, auditOf(catalogue, jobs));
  await row('audit again: all audits are kept', auditOf(catalogue, jobs));
  await requireSameReport(catalogue);
  const text = [
    '# Audit of a catalogue',
    '',
    `${count} charts; load average ${loadavg().map(Math.round).join(', ')}. Merged reports of ${options.shards} shards were, byte for byte, the report of one run.`,
    '',
    '| run | outcome | CPU s | charts per CPU second | wall s | memory of the process, MB |',
    '|---|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
  writeFileSync(path.join(repository, 'bench/results/catalogue.md'), text);
}

/** Copies of our charts, no two with the same content, and the charts in the folders that the call names. */
function writeCatalogue(catalogue: string): number {
  mkdirSync(catalogue);
  for (let index = 0; index < Number(options.charts); index++) {
    const chart = charts[index % charts.length] ?? charts[0];
    const copy = path.join(catalogue, `${chart}-${`${index}`.padStart(5, '0')}`);
    cpSync(chartFolder(chart), copy, {recursive: true});
    appendFileSync(path.join(copy, 'values.yaml'), `# ${index}\n`);
  }
  for (const [at, folder] of folders.entries()) {
    for (const name of readdirSync(folder)) {
      cpSync(path.join(folder, name), path.join(catalogue, `given-${at}-${name}`), {
        recursive: true,
      });
    }
  }
  return readdirSync(catalogue).length;
}

function auditArgs(catalogue: string, more: readonly string[]): readonly string[] {
  const fixed = ['--format=json', '--fail-on=none', '--allow-skipped'];
  return [program, 'audit', catalogue, ...fixed, ...more];
}

function auditOf(catalogue: string, ...more: readonly string[]): Command {
  return {file: process.execPath, args: auditArgs(catalogue, more), exitCodes: [0]};
}

function rowOf(name: string, count: number, run: Run): string {
  const {outcome, cpuSeconds, wallSeconds, peakBytes = 0} = run;
  const figures = [
    cpuSeconds.toFixed(1),
    (count / cpuSeconds).toFixed(1),
    wallSeconds.toFixed(1),
    (peakBytes / 1e6).toFixed(0),
  ];
  return `| ${[name, outcome, ...figures].join(' | ')} |`;
}

/** @throws {Error} if the merged reports of shards differ from the report of one run */
async function requireSameReport(catalogue: string): Promise<void> {
  const run = async (args: readonly string[], file: string) => {
    const output = path.join(scratch, file);
    await execa(process.execPath, args, {stdout: {file: output}, stderr: 'ignore'});
    return output;
  };
  const of = Number(options.shards);
  const shards: string[] = [];
  for (let index = 1; index <= of; index++) {
    const args = auditArgs(catalogue, [`--shard=${index}/${of}`]);
    shards.push(await run(args, `${index}.json`));
  }
  const merging = [program, 'merge', ...shards, '--format=json', '--fail-on=none'];
  const merged = await run([...merging, '--allow-skipped'], 'merged.json');
  const whole = await run(auditArgs(catalogue, []), 'whole.json');
  if (!readFileSync(merged).equals(readFileSync(whole))) {
    throw new Error('the merged reports of the shards differ from the report of one run');
  }
}
