import {mkdtempSync, readFileSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {Ajv2020} from 'ajv/dist/2020.js';
import test from 'ava';
import {execa} from 'execa';
import {frameworks} from '../../src/frameworks/frameworks.ts';
import {rules} from '../../src/rules/index.ts';
import {commandOf} from '../tools/executable.ts';
import {repository} from '../tools/tools.ts';

const audit = (input: string, args: readonly string[], policy = '{}') => {
  const cwd = mkdtempSync(path.join(tmpdir(), 'kube-harden-test-'));
  writeFileSync(path.join(cwd, 'policy.yaml'), policy);
  const options = ['audit', '-', '--config', 'policy.yaml', ...args];
  return execa(...commandOf(options), {cwd, input, reject: false});
};

const pod = `
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
spec:
  hostPID: true
  automountServiceAccountToken: false
  containers: [{name: app, image: app, securityContext: {privileged: false}}]
`;

const exception = `
exceptions:
  - rules: [no-host-pid]
    match: {name: web}
    reason: it debugs
`;

const statusOf = async (
  framework: string,
  control: string,
  args: readonly string[],
  policy = '{}',
) => {
  const {stdout} = await audit(pod, [`--framework=${framework}`, '--format=json', ...args], policy);
  const [posture] = JSON.parse(stdout).frameworks;
  return posture.controls.find(({id}: {id: string}) => id === control)?.status;
};

for (const [control, args, policy, status] of [
  ['5.2.3', ['--profile=audit'], '{}', 'fail'],
  ['5.2.3', ['--profile=audit'], exception, 'excepted'],
  ['5.2.2', ['--profile=audit'], '{}', 'pass'],
  ['5.2.3', [], '{}', 'off'],
  ['5.2.2', ['--profile=audit'], 'rules: {no-privileged: off}', 'off'],
  ['5.6.2', ['--profile=restricted'], '{}', 'fail'],
  ['5.6.2', ['--profile=audit'], 'rules: {require-seccomp: off}', 'incomplete'],
  ['5.1.3', ['--profile=audit'], '{}', 'no-objects'],
  ['5.6.3', ['--profile=audit'], '{}', 'beyond'],
  ['5.3.1', ['--profile=audit'], '{}', 'beyond'],
] as const) {
  test(`cis ${control} is ${status} with ${[...args, policy.trim()].join(' ')}`, async t => {
    t.is(await statusOf('cis', control, args, policy), status);
  });
}

test('what was skipped leaves no control passed', async t => {
  const cwd = mkdtempSync(path.join(tmpdir(), 'kube-harden-test-'));
  writeFileSync(path.join(cwd, 'pod.yaml'), pod);
  writeFileSync(path.join(cwd, 'bad.yaml'), 'kind: Pod\napiVersion: v1\na: [');
  const args = ['audit', '.', '--framework=cis', '--format=json', '--profile=audit'];
  const {stdout, exitCode} = await execa(...commandOf(args), {cwd, reject: false});
  t.is(exitCode, 2);
  const [{posture, controls}] = JSON.parse(stdout).frameworks;
  t.is(posture.passed, 0);
  t.is(controls.find(({id}: {id: string}) => id === '5.2.2').status, 'incomplete');
});

test('the figure counts what was judged', async t => {
  const {stdout} = await audit(pod, ['--framework=mitre', '--format=json', '--profile=audit']);
  const schema = readFileSync(path.join(repository, 'docs/report.schema.json'), 'utf8');
  const validate = new Ajv2020({allowMatchingProperties: true}).compile(JSON.parse(schema));
  t.true(validate(JSON.parse(stdout)), JSON.stringify(validate.errors));
  const {findings, frameworks: all} = JSON.parse(stdout);
  const [{posture, controls}] = all;
  const having = (...wanted: readonly string[]) =>
    controls.filter(({status}: {status: string}) => wanted.includes(status)).length;
  t.is(posture.passed, having('pass'));
  t.is(posture.judged, having('pass', 'fail', 'excepted'));
  t.is(posture.applicable, controls.length - having('beyond'));
  t.is(posture.percent, Math.floor((100 * posture.passed) / posture.judged));
  const known = new Set(findings.map(({fingerprint}: {fingerprint: string}) => fingerprint));
  for (const control of controls) {
    for (const fingerprint of control.findings) t.true(known.has(fingerprint), fingerprint);
  }
});

test('several frameworks are shown, as text and as tables', async t => {
  const text = await audit(pod, ['--framework', 'nsa,pss', '--framework=cis', '--profile=audit']);
  t.is(text.exitCode, 1);
  t.regex(
    text.stdout,
    /^NSA\/CISA .*\n\d of 3 applicable controls judged: \d of \d pass \(\d+ %\)/m,
  );
  t.regex(text.stdout, /^ {2}5\.2\.3 {3}fail {9}Few .*: 1 finding on Pod\/shop\/web$/m);
  const table = await audit(pod, ['--framework=pss', '--format=markdown']);
  t.regex(
    table.stdout,
    /^\| baseline: Host Namespaces \| Host namespaces \| incomplete \| off: no-host-pid, no-host-ipc \|$/m,
  );
  t.true(table.stdout.includes('`--profile audit` turns all rules on'));
});

test('hostile names are safe in both', async t => {
  const hostile = pod.replace('name: web', String.raw`name: "\e[31m|x"`);
  for (const format of ['table', 'markdown']) {
    const {stdout} = await audit(hostile, [
      '--framework=cis',
      `--format=${format}`,
      '--profile=audit',
    ]);
    t.false(stdout.includes('\u001b'));
    t.true(stdout.includes('u001b'));
  }
});

test('frameworks and formats that do not exist are refused', async t => {
  for (const args of [['--framework=iso'], ['--framework=cis', '--format=sarif']]) {
    const {stdout, exitCode} = await audit(pod, args);
    t.is(exitCode, 2);
    t.is(stdout, '');
  }
});

test('each reference of a rule is a control of its framework', t => {
  for (const {id, references} of rules) {
    const {kubescape: _, ...named} = references;
    const found = frameworks.filter(framework =>
      framework.controls.some(control =>
        rules.some(rule => rule.id === id && framework.isOf(rule, control.id)),
      ),
    );
    t.is(found.length, Object.keys(named).length, id);
  }
});
