import {mkdirSync, mkdtempSync, readFileSync, symlinkSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {execa} from 'execa';
import {commandOf} from '../tools/executable.ts';
import {toolPath} from '../tools/tools.ts';
import {testWithTools} from '../tools/with-tools.ts';
import {chart, deployment, writeChart} from '../values/charts.ts';

const withHelm = testWithTools('helm3');

const web = chart(
  'securityContext: {}\n',
  deployment('', 'securityContext: {{- toYaml .Values.securityContext | nindent 12 }}'),
);

const shop = {
  'Chart.yaml':
    'apiVersion: v2\nname: shop\nversion: 1.0.0\ndependencies: [{name: web, version: 1.0.0, alias: front}]\n',
};

/** A folder with the real helm in `bin`, and a function that audits in it. */
function place() {
  const cwd = mkdtempSync(path.join(tmpdir(), 'kube-harden-test-'));
  const bin = path.join(cwd, 'bin');
  mkdirSync(bin);
  symlinkSync(toolPath('helm3'), path.join(bin, 'helm'));
  const env = {
    PATH: [bin, path.dirname(process.execPath), '/usr/bin', '/bin'].join(path.delimiter),
  };
  const audit = (...args: readonly string[]) =>
    execa(...commandOf(['audit', ...args, '--rule=no-privilege-escalation', '--fail-on=none']), {
      cwd,
      env,
      reject: false,
    });
  return {cwd, audit};
}

withHelm('the values of an archive with an archive in it are proven, and written', async t => {
  const {cwd, audit} = place();
  writeChart(path.join(cwd, 'web'), web);
  writeChart(path.join(cwd, 'shop'), shop);
  const pack = (name: string, into: string) =>
    execa(toolPath('helm3'), ['package', name, '--destination', into], {cwd});
  await pack('web', 'shop/charts');
  await pack('shop', '.');
  const {stdout, stderr, exitCode} = await audit('--suggest-values=values.yaml', 'shop-1.0.0.tgz');
  t.is(exitCode, 0, stderr);
  t.true(
    stdout.includes(
      '\n  --set front.securityContext.allowPrivilegeEscalation=false\n    clears no-privilege-escalation in Deployment/web (app)\n',
    ),
    stdout,
  );
  t.is(
    readFileSync(path.join(cwd, 'values.yaml'), 'utf8'),
    '# Values that clear 1 of 1 findings of kube-harden audit: proven by rendering the chart with them.\nfront:\n  securityContext:\n    allowPrivilegeEscalation: false\n',
  );
  const again = await audit('shop-1.0.0.tgz', '--values=values.yaml', '--format=json');
  t.is(JSON.parse(again.stdout).summary.findings, 0);
});

withHelm('one file takes the values of one chart', async t => {
  const {cwd, audit} = place();
  for (const name of ['one', 'two']) writeChart(path.join(cwd, name), web);
  const {stdout, stderr, exitCode} = await audit('one', 'two', '--suggest-values=values.yaml');
  t.is(exitCode, 2);
  t.is(stdout, '');
  t.regex(stderr, /--suggest-values=FILE takes one chart/);
  const both = await audit('one', '--suggest-values', 'two', '--format=json');
  t.is(both.exitCode, 0, both.stderr);
  const outcomes = JSON.parse(both.stdout).findings.map(
    ({values}: {values: {outcome: string}}) => values.outcome,
  );
  t.deepEqual(outcomes, ['proven', 'proven']);
});
