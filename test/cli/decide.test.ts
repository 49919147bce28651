import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test from 'ava';
import {execa} from 'execa';
import {executable} from '../tools/executable.ts';
import {toolPath} from '../tools/tools.ts';
import {testWithTools} from '../tools/with-tools.ts';

/** A speaker of a load balancer, whose probe shows that it needs the host network. */
const speaker = `apiVersion: apps/v1
kind: DaemonSet
metadata: {name: speaker, namespace: lb}
spec:
  selector: {matchLabels: {app: speaker}}
  template:
    metadata: {labels: {app: speaker}}
    spec:
      hostNetwork: true
      containers:
        - name: speaker
          image: example.com/speaker:1
          livenessProbe: {httpGet: {host: 127.0.0.1, path: /, port: 7472}}
          securityContext: {capabilities: {add: [SYS_ADMIN]}}
---
apiVersion: v1
kind: Service
metadata: {name: edge, namespace: lb}
spec: {type: LoadBalancer, selector: {app: edge}, ports: [{port: 443}]}
`;

function scratch(files: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'kube-harden-test-'));
  for (const [name, text] of Object.entries({'in.yaml': speaker, ...files})) {
    mkdirSync(path.dirname(path.join(folder, name)), {recursive: true});
    writeFileSync(path.join(folder, name), text);
  }
  return folder;
}

const run = (args: readonly string[], cwd: string, input = '') =>
  execa(executable, args, {cwd, input, reject: false, stripFinalNewline: false});
const read = (folder: string, name = 'kube-harden.yaml') =>
  readFileSync(path.join(folder, name), 'utf8');

test('what is decided passes every threshold, and is decided once', async t => {
  const cwd = scratch();
  const strict = ['in.yaml', '--undecided=refuse', '--block-on=low'];
  t.is((await run(['render', ...strict], cwd)).exitCode, 1);
  const {exitCode, stdout, stderr} = await run(['decide', 'in.yaml'], cwd);
  t.is(exitCode, 0);
  t.is(stdout, '');
  t.regex(stderr, /^added to kube-harden\.yaml: 4 exceptions and 1 under `exposed`/m);
  const written = read(cwd);
  t.regex(written, /rules: \[no-host-network\]\n.*\n {4}reason: ".*`livenessProbe` of container/);
  t.regex(
    written,
    /reason: "no manifest gives a reason: add it here"\n {4}# expires: "\d{4}-\d\d-\d\d"/,
  );
  const passed = await run(['render', ...strict], cwd);
  t.is(passed.exitCode, 0, passed.stderr);
  t.true(passed.stdout.includes('hostNetwork: true'));
  const again = await run(['decide', 'in.yaml'], cwd);
  t.is(again.exitCode, 0);
  t.regex(again.stderr, /nothing added: the policy leaves nothing undecided/);
  t.is(read(cwd), written);
});

test('what stands in the policy stays, and only what is missing is added', async t => {
  const before = `# ours
profile:   essential
exceptions:
- rules: [no-host-network]  # kept
  match: {name: speaker}
  reason: a speaker

# the end
`;
  const cwd = scratch({'kube-harden.yaml': before});
  t.is((await run(['decide', 'in.yaml'], cwd)).exitCode, 0);
  const after = read(cwd);
  t.true(after.startsWith(before.slice(0, before.indexOf('\n# the end'))));
  t.true(after.includes('\n# the end\n'));
  t.is(after.match(/no-host-network/g)?.length, 1);
  t.true(after.includes('- rules: [no-sys-admin]\n'));
});

const chart = {
  'chart/Chart.yaml': 'apiVersion: v2\nname: chart\nversion: 1.0.0\n',
  'chart/templates/a.yaml': speaker.replaceAll(
    'namespace: lb',
    'namespace: {{ .Release.Namespace }}',
  ),
};

testWithTools('helm3')('a note says if entries contain the default name of a release', async t => {
  const named = speaker.replaceAll('name: edge', 'name: "{{ .Release.Name }}-edge"');
  const chart = 'apiVersion: v2\nname: lb\nversion: 1.0.0\n';
  const cwd = scratch({
    'chart/Chart.yaml': chart,
    'chart/templates/edge.yaml': named,
    'plain/Chart.yaml': chart,
    'plain/templates/edge.yaml': speaker,
  });
  mkdirSync(path.join(cwd, 'bin'));
  symlinkSync(toolPath('helm3'), path.join(cwd, 'bin/helm'));
  const env = {PATH: `${path.join(cwd, 'bin')}${path.delimiter}${process.env['PATH']}`};
  const decide = (...args: string[]) =>
    execa(executable, ['decide', ...args, '--print'], {cwd, env});
  const note =
    'note: the release is called "release-name" here: entries match names, so pass --release NAME';
  t.is((await decide('chart')).stderr, note);
  t.is((await decide('chart', '--release=web')).stderr, '');
  t.is((await decide('plain')).stderr, '');
});

testWithTools('helm3')('what is decided on a chart holds in every namespace', async t => {
  const cwd = scratch(chart);
  const helm = toolPath('helm3');
  mkdirSync(path.join(cwd, 'bin'));
  symlinkSync(helm, path.join(cwd, 'bin/helm'));
  const env = {PATH: `${path.join(cwd, 'bin')}${path.delimiter}${process.env['PATH']}`};
  const decided = await execa(executable, ['decide', 'chart'], {cwd, env, reject: false});
  t.is(decided.exitCode, 0, decided.stderr);
  t.notRegex(read(cwd), /namespace/);
  const {stdout} = await execa(helm, ['template', 'chart', '-n', 'other'], {cwd});
  const {exitCode, stderr} = await run(['--undecided=refuse', '--block-on=low'], cwd, stdout);
  t.is(exitCode, 0, stderr);
});

test('--print prints what would be written, and writes nothing', async t => {
  const cwd = scratch();
  const printed = await run(['decide', '-', '--print'], cwd, speaker);
  t.is(printed.exitCode, 0);
  t.false(existsSync(path.join(cwd, 'kube-harden.yaml')));
  t.is((await run(['decide', 'in.yaml'], cwd)).exitCode, 0);
  t.is(printed.stdout, read(cwd));
});

test('--expires gives each entry its last day', async t => {
  const cwd = scratch();
  t.is((await run(['decide', 'in.yaml', '--expires=2999-12-31'], cwd)).exitCode, 0);
  t.is(read(cwd).match(/^ {4}expires: "2999-12-31"$/gm)?.length, 5);
  const wrong = await run(['decide', 'in.yaml', '--expires=2999-02-30'], cwd);
  t.is(wrong.exitCode, 2);
  t.regex(wrong.stderr, /--expires must be a day like/);
  const past = await run(['decide', 'in.yaml', '--expires=2020-12-31'], cwd);
  t.is(past.exitCode, 2);
  t.regex(past.stderr, /--expires must be today or later, not "2020-12-31"/);
});

test('what was added is told, and an expiry date only if none is set', async t => {
  const open = await run(['decide', 'in.yaml'], scratch());
  t.regex(open.stderr, /^added to .*; review the reasons, and set an expiry date$/m);
  const set = await run(['decide', 'in.yaml', '--expires=2999-12-31'], scratch());
  t.regex(set.stderr, /^added to .*; review the reasons$/m);
});

test('--interactive says what is still undecided, and why it asks again', async t => {
  for (const answers of ['q\n', 'no\nN\nn\nn\nn\n', '']) {
    const cwd = scratch();
    const {exitCode, stderr} = await run(['decide', 'in.yaml', '--interactive'], cwd, answers);
    t.is(exitCode, 0);
    t.regex(stderr, /nothing added: 5 entries are still undecided\n$/);
    t.is(/^nothing added/m.test(stderr), answers === '', 'a terminal echoes the other answers');
    t.false(existsSync(path.join(cwd, 'kube-harden.yaml')));
  }
  const {stderr} = await run(['decide', 'in.yaml', '--interactive'], scratch(), '\nx\ny\nq\n');
  t.regex(stderr, /the answer is empty: type y, n, a, q or a reason\n1 of 5/);
  t.regex(stderr, /"x" is no answer: type y, n, a, q or a reason\n1 of 5/);
  t.regex(stderr, /^4 entries are still undecided\n$/m);
});

test('--config names a file that may be new, and is JSON where it ends so', async t => {
  const cwd = scratch({'kube-harden.yaml': 'profile: audit\n'});
  t.is((await run(['decide', 'in.yaml', '--config=own.json'], cwd)).exitCode, 0);
  const {exceptions} = JSON.parse(read(cwd, 'own.json'));
  t.deepEqual(exceptions[0].rules, ['no-host-network']);
  t.is(read(cwd), 'profile: audit\n');
  const checked = await run(
    ['render', 'in.yaml', '--config=own.json', '--undecided=refuse', '--block-on=low'],
    cwd,
  );
  t.is(checked.exitCode, 0, checked.stderr);
});

test('a link to the policy stays a link, and the file keeps its mode', async t => {
  const cwd = scratch({'team/policy.yaml': 'blockOn: high\n'});
  symlinkSync('team/policy.yaml', path.join(cwd, 'kube-harden.yaml'));
  t.is((await run(['decide', 'in.yaml'], cwd)).exitCode, 0);
  t.true(lstatSync(path.join(cwd, 'kube-harden.yaml')).isSymbolicLink());
  t.regex(read(cwd, 'team/policy.yaml'), /^blockOn: high\nexceptions:\n/);
  t.is(statSync(path.join(cwd, 'team/policy.yaml')).mode & 0o777, 0o644);
});

test('no policy is written into a chart', async t => {
  const cwd = scratch({'chart/Chart.yaml': 'name: a\n', 'chart/sub/in.yaml': speaker});
  const inChart = path.join(cwd, 'chart/sub');
  for (const args of [[], ['--config=own.yaml'], ['--config=kube-harden.yaml']]) {
    const {exitCode, stderr} = await run(['decide', 'in.yaml', ...args], inChart);
    t.is(exitCode, 2);
    t.regex(stderr, /a policy inside a chart is ignored/);
  }
  symlinkSync('chart/sub/link.yaml', path.join(cwd, 'kube-harden.yaml'));
  writeFileSync(path.join(inChart, 'link.yaml'), 'profile: audit\n');
  t.is((await run(['decide', 'in.yaml', '--config=kube-harden.yaml'], cwd)).exitCode, 2);
  t.is(read(inChart, 'link.yaml'), 'profile: audit\n');
});

test('a policy into which nothing can be put is left alone', async t => {
  const cwd = scratch({'kube-harden.yaml': 'exceptions: &none []\nexposed: *none\n'});
  const {exitCode, stdout, stderr} = await run(['decide', 'in.yaml'], cwd);
  t.is(exitCode, 2);
  t.is(stdout, '');
  t.regex(stderr, /kube-harden\.yaml: entries cannot be added .* --print prints/);
  t.is(read(cwd), 'exceptions: &none []\nexposed: *none\n');
});

test('a policy that is no file is not waited for', async t => {
  const cwd = scratch();
  await execa('mkfifo', [path.join(cwd, 'kube-harden.yaml')]);
  const {exitCode, stdout, stderr} = await run(['decide', 'in.yaml'], cwd);
  t.is(exitCode, 2);
  t.is(stdout, '');
  t.regex(stderr, /kube-harden\.yaml: (?:a policy must be a file|it is not a regular file)/);
});

test('--interactive asks of each entry', async t => {
  const cwd = scratch();
  const answers = 'what\nn\ny\n';
  const {exitCode, stderr} = await run(['decide', 'in.yaml', '--interactive'], cwd, answers);
  t.is(exitCode, 0);
  t.regex(stderr, /1 of 5\n {2}- rules: \[no-host-network\]\n/);
  const written = read(cwd);
  t.regex(written, /rules: \[no-host-network\]\n.*\n {4}reason: "what"\n/);
  t.true(written.includes('rules: [no-sys-admin]'));
  t.false(written.includes('require-network-policy'));
  t.false(written.includes('exposed'));
  const refused = await run(['decide', '-', '--interactive'], cwd, speaker);
  t.is(refused.exitCode, 2);
  t.regex(refused.stderr, /reads the answers from stdin/);
});
test('"a" keeps all from there', async t => {
  const cwd = scratch();
  t.is((await run(['decide', 'in.yaml', '--interactive'], cwd, 'n\na\n')).exitCode, 0);
  t.false(read(cwd).includes('no-host-network'));
  t.true(read(cwd).includes('name: "edge"'));
});

test('what no entry can allow is named', async t => {
  const cwd = scratch({'in.yaml': speaker.replace('name: edge', 'name: "*"')});
  const {exitCode, stderr} = await run(['decide', 'in.yaml'], cwd);
  t.is(exitCode, 1);
  t.regex(stderr, /^no entry can allow no-load-balancer in Service\/lb\/\*: it has no name, or/m);
});

test('a call without a target', async t => {
  const {exitCode, stderr} = await run(['decide'], scratch());
  t.is(exitCode, 2);
  t.regex(stderr, /decide takes targets/);
});
