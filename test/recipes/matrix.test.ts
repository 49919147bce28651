import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {execa} from 'execa';
import {parse} from 'yaml';
import {writeChart} from '../tools/charts.ts';
import {testWithTools} from '../tools/with-tools.ts';
import {recipe, scratch, withPrograms} from './programs.ts';

interface Step {
  readonly name?: string;
  readonly run?: string;
}

interface Workflow {
  readonly jobs: {
    readonly audit: {
      readonly strategy: {readonly matrix: {readonly shard: readonly number[]}};
      readonly env: Readonly<Record<string, string>>;
      readonly steps: readonly Step[];
    };
    readonly merge: {readonly steps: readonly Step[]};
  };
}

const workflow: Workflow = parse(readFileSync(recipe('github-matrix/fleet.yaml'), 'utf8'));

/** The script of the only step that has one. */
const scriptOf = (steps: readonly Step[]): string =>
  steps.flatMap(({run}) => (run === undefined ? [] : [run])).join('\n');

testWithTools('helm4')(
  'the jobs of a matrix audit a folder of charts, and the last one merges',
  async t => {
    const cwd = scratch();
    const home = scratch();
    for (const name of ['a', 'b', 'c', 'd', 'e']) writeChart(path.join(cwd, 'charts'), name);
    const {audit, merge} = workflow.jobs;
    const shards = audit.strategy.matrix.shard;
    const run = (script: string, env: Readonly<Record<string, string>>) =>
      // As GitHub runs scripts of Bash.
      execa('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script], {
        cwd,
        env: {...withPrograms({helm: 'helm4'}), HOME: home, ...env},
        reject: false,
      });
    for (const shard of shards) {
      const context = new Map([
        ['matrix.shard', `${shard}`],
        ['strategy.job-total', `${shards.length}`],
        ['github.workspace', cwd],
      ]);
      const filled = Object.entries(audit.env).map(([name, text]) => [
        name,
        text.replace(/\$\{\{ ([\w.-]+) \}\}/g, (_, key) => context.get(key) ?? 'unknown'),
      ]);
      const {exitCode, stderr} = await run(scriptOf(audit.steps), Object.fromEntries(filled));
      t.is(exitCode, 0, stderr);
    }
    const summary = path.join(cwd, 'summary');
    writeFileSync(summary, '');
    const merged = await run(scriptOf(merge.steps), {GITHUB_STEP_SUMMARY: summary});
    t.is(merged.exitCode, 1, merged.stderr);
    t.regex(readFileSync(summary, 'utf8'), /no-host-network/);
    const whole = await run('kube-harden audit charts --format=json', {});
    const report = readFileSync(path.join(cwd, 'report.json'), 'utf8');
    t.is(report, `${whole.stdout}\n`);
    t.is(JSON.parse(report).summary.resources, 5);

    mkdirSync(path.join(cwd, 'shards/old'));
    writeFileSync(path.join(cwd, 'shards/old.json'), report);
    t.is((await run(scriptOf(merge.steps), {GITHUB_STEP_SUMMARY: summary})).exitCode, 2);
  },
);
