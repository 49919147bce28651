import {mkdirSync, mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test from 'ava';
import {execa} from 'execa';
import {commandOf} from '../tools/executable.ts';

/** Runs `kube-harden policy` in a new folder with these files. */
async function run(
  files: Readonly<Record<string, string>>,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
) {
  const cwd = mkdtempSync(path.join(tmpdir(), 'kube-harden-policy-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(cwd, name), text);
  return execa(...commandOf(['policy', ...args]), {cwd, env, reject: false});
}

test('shows the nearest policy, with options over it', async t => {
  const {stdout, stderr, exitCode} = await run({'kube-harden.yaml': 'blockOn: high\n'}, [
    'show',
    '--profile=strict',
  ]);
  t.is(exitCode, 0);
  t.regex(stdout, /^profile: \[strict\] {2}# --profile$/m);
  t.regex(stdout, /^blockOn: high {2}# kube-harden\.yaml:1$/m);
  t.is(stderr, 'policy: kube-harden.yaml');
});

test('prints each mistake of each file with its place', async t => {
  const files = {
    'good.yaml': 'profile: strict\n',
    'bad.yaml': 'profil: strict\nrules:\n  no-host-prt: off\n  no-root: maybe\nwidth: 1\n',
    'broken.yaml': 'profile: [strict\n',
  };
  const {stdout, stderr, exitCode} = await run(files, [
    'check',
    'good.yaml',
    'bad.yaml',
    'broken.yaml',
    'none.yaml',
  ]);
  t.is(exitCode, 2);
  t.is(stdout, '');
  t.regex(stderr, /^good\.yaml: valid$/m);
  t.regex(stderr, /^bad\.yaml:1:1: policy key `profil`: unknown key: did you mean "profile"\?$/m);
  t.regex(stderr, /^bad\.yaml:3:3: .*unknown rule "no-host-prt": did you mean "no-host-port"\?$/m);
  t.regex(stderr, /^bad\.yaml:4:12: policy key `rules\.no-root` must be one of off, flag, fix/m);
  t.regex(stderr, /^bad\.yaml:5:1: policy key `width`: unknown key$/m);
  t.regex(stderr, /^broken\.yaml:2:1: /m);
  t.regex(stderr, /^none\.yaml: the policy file does not exist$/m);
});

test('a rule that no policy has, and one that two have, are mistakes', async t => {
  const rule = `{id: shop/a, severity: low, match: {objects: [{apiVersion: v1, kind: Pod}]}, expression: "true", message: m}`;
  const files = {
    'unknown.yaml': 'rules: {shop/nope: off}\n',
    'excepted.yaml': 'exceptions:\n  - {rules: [shop/nope], match: {name: a}, reason: r}\n',
    'twice.yaml': `customRules:\n  - ${rule}\n  - ${rule}\n`,
  };
  const {stderr, exitCode} = await run(files, ['check', ...Object.keys(files)]);
  t.is(exitCode, 2);
  t.regex(stderr, /^unknown\.yaml:1:\d+: unknown rule "shop\/nope"/m);
  t.regex(stderr, /^excepted\.yaml:2:\d+: unknown rule "shop\/nope"/m);
  t.regex(stderr, /^twice\.yaml:3:\d+: there is a rule shop\/a already, in twice\.yaml:2$/m);
});

test('variables for options do not stop actions without options', async t => {
  const env = {KUBE_HARDEN_PROFILE: 'strict', KUBE_HARDEN_CONFIG: 'kube-harden.yaml'};
  const files = {'kube-harden.yaml': 'profile: audit\n'};
  const checked = await run(files, ['check', 'kube-harden.yaml'], env);
  t.is(checked.exitCode, 0, checked.stderr);
  t.is((await run(files, ['schema'], env)).exitCode, 0);
  t.regex((await run(files, ['show'], env)).stdout, /^profile: \[strict\]/m);
});

test('prints the JSON Schema', async t => {
  const {stdout} = await run({}, ['schema']);
  t.is(JSON.parse(stdout).title, 'A policy of kube-harden');
});

test('takes one of its actions', async t => {
  const {stderr, exitCode} = await run({}, ['chek']);
  t.is(exitCode, 2);
  t.regex(stderr, /policy takes one of show, check, schema, not "chek"/);
});

const organisation =
  'rules: {no-host-port: fix}\nfailOn: high\nlocked: [rules.no-host-port, failOn]\n';
const pod = `apiVersion: v1
kind: Pod
metadata: {name: web}
spec: {containers: [{name: a, image: a}]}
`;
const functionInput = (spec: string) => `apiVersion: config.kubernetes.io/v1
kind: ResourceList
functionConfig:
  apiVersion: kube-harden.io/v1alpha1
  kind: Harden
  spec: ${spec}
items: []
`;

const locked = test.macro(
  async (
    t,
    args: readonly string[],
    input: string,
    message: RegExp,
    env: Readonly<Record<string, string>> = {},
  ) => {
    const cwd = mkdtempSync(path.join(tmpdir(), 'kube-harden-policy-'));
    writeFileSync(path.join(cwd, 'kube-harden.yaml'), organisation);
    writeFileSync(path.join(cwd, 'other.yaml'), '');
    const {exitCode, stdout, stderr} = await execa(...commandOf(args), {
      cwd,
      input,
      env,
      reject: false,
    });
    t.is(exitCode, 2, stderr);
    t.is(stdout, '');
    t.regex(stderr, message);
  },
);
test('what is locked is not proposed, and an audit may ask it otherwise', async t => {
  const cwd = mkdtempSync(path.join(tmpdir(), 'kube-harden-policy-'));
  const team = path.join(cwd, 'team');
  mkdirSync(team);
  writeFileSync(
    path.join(cwd, 'kube-harden.yaml'),
    'locked: [profile, undecided, exceptions.no-host-network, exposed]\n',
  );
  writeFileSync(path.join(team, 'kube-harden.yaml'), 'extends: ../kube-harden.yaml\n');
  const release = `apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent, namespace: shop}
spec:
  selector: {matchLabels: {app: agent}}
  template:
    metadata: {labels: {app: agent}}
    spec: {hostNetwork: true, containers: [{name: agent, image: "example.com/a:1", ports: [{containerPort: 1, hostPort: 1}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {type: LoadBalancer, selector: {app: agent}, ports: [{port: 80}]}
`;
  const run = (...args: readonly string[]) =>
    execa(...commandOf(args), {cwd: team, input: release, reject: false});
  const refused = await run('render', '--undecided=refuse', '--block-on=high');
  t.is(refused.exitCode, 1);
  t.regex(
    refused.stderr,
    /no entry may allow no-host-network in DaemonSet\/shop\/agent: `exceptions\.no-host-network` is locked in \.\.\/kube-harden\.yaml:1/,
  );
  t.regex(refused.stderr, /no entry may allow no-load-balancer in Service\/shop\/web/);
  t.regex(refused.stderr, /rules: \[no-host-port/);
  t.notRegex(refused.stderr, /rules: \[no-host-network|exposed: ?\n? *[-[]/);
  const json = await run('audit', '-', '--format=json', '--profile=audit', '--fail-on=none');
  t.is(json.exitCode, 0, json.stderr);
  const waits = JSON.parse((await run('audit', '-', '--format=json')).stdout).findings;
  const network = waits.find((each: {rule: string}) => each.rule === 'no-host-network');
  t.is(network.exception, undefined);
  t.regex(network.locked, /is locked in \.\.\/kube-harden\.yaml:1$/);
  t.is((await run('render', '--profile=audit')).exitCode, 2);
  const above = await execa(...commandOf(['render', '--undecided=refuse']), {
    cwd: mkdtempSync(path.join(cwd, 'new-')),
    input: release,
    reject: false,
  });
  t.regex(above.stderr, /no entry may allow no-host-network/);
});

const asKustomize = {KUBE_HARDEN_CALLER: 'kustomize'};

test(
  'a threshold that loosens what is locked',
  locked,
  ['audit', '--fail-on=none', '-'],
  pod,
  /--fail-on must not be "none" instead of "high": `failOn` is locked in kube-harden\.yaml:3/,
);
test(
  'all mistakes of a call are told, because no file has them',
  locked,
  ['audit', '--skip-rule=no-host-port', '--fail-on=none', '-'],
  pod,
  /--skip-rule must not make no-host-port off.*\n {2}\| --fail-on must not be "none" instead of "high": `failOn` is locked in kube-harden\.yaml:3$/,
);
test(
  'another policy than the locked one',
  locked,
  ['render', '--config=other.yaml'],
  pod,
  /other\.yaml, line 1, column 1: the policy must extend kube-harden\.yaml, which locks something on line 3/,
);
test(
  'a functionConfig that does not extend the locked policy',
  locked,
  ['render'],
  functionInput('{profile: audit}'),
  /functionConfig: the policy must extend kube-harden\.yaml/,
  asKustomize,
);
test(
  'a functionConfig that loosens the locked policy',
  locked,
  ['render'],
  functionInput('{extends: kube-harden.yaml, rules: {no-host-port: off}}'),
  /functionConfig: this must not make no-host-port off instead of fix: `rules\.no-host-port` is locked in kube-harden\.yaml:3/,
  asKustomize,
);
test(
  'a functionConfig from a pipe that names a file',
  locked,
  ['render'],
  functionInput('{extends: /etc/passwd}'),
  /must not bring a policy when there is one already/,
);
