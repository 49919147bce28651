/**
 * Measures for how many findings `audit --suggest-values` proves values, and what that costs: for each chart in a
 * folder of charts. `npm run bench:values -- FOLDER` prints the table of `docs/values.md`.
 */
import {mkdtempSync, readdirSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {parseArgs} from 'node:util';
import {repository} from '../test/tools/tools.ts';
import {measure} from './measure.ts';
import {type ChartResult, tableOfValues} from './values-table.ts';

const {values: options, positionals} = parseArgs({
  allowPositionals: true,
  options: {
    profile: {type: 'string', default: 'restricted'},
    'kube-version': {type: 'string', default: '1.31.0'},
    only: {type: 'string', default: ''},
    seconds: {type: 'string', default: '120'},
  },
});

const [folder] = positionals;
if (folder === undefined) throw new Error('name a folder of charts');

const results: ChartResult[] = [];
const scratch = mkdtempSync(path.join(tmpdir(), 'kube-harden-values-'));
try {
  for (const name of readdirSync(folder).sort()) {
    if (name.includes(options.only)) await measureChart(path.join(folder, name), name);
  }
} finally {
  rmSync(scratch, {recursive: true});
}
process.stdout.write(tableOfValues(results));

async function measureChart(chart: string, name: string): Promise<void> {
  const report = path.join(scratch, `${name}.json`);
  const command = {
    file: process.execPath,
    args: [
      path.join(repository, 'dist/kube-harden.cjs'),
      'audit',
      chart,
      `--profile=${options.profile}`,
      `--kube-version=${options['kube-version']}`,
      '--fail-on=none',
      '--suggest-values',
      `--report-file=${report}`,
    ],
    exitCodes: [0],
  };
  const run = await measure(command, '/dev/null', Number(options.seconds));
  const findings = run.outcome === 'ok' ? JSON.parse(readFileSync(report, 'utf8')).findings : [];
  results.push({name, run, findings});
  const {outcome, cpuSeconds} = run;
  process.stderr.write(`${name}: ${outcome}, ${findings.length} findings, ${cpuSeconds} s\n`);
}
