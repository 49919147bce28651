import {chmodSync, mkdtempSync, readFileSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {Ajv2020} from 'ajv/dist/2020.js';
import test from 'ava';
import {execa} from 'execa';
import {readCluster} from '../../src/host/cluster.ts';
import {commandOf} from '../tools/executable.ts';
import {repository} from '../tools/tools.ts';

/** A folder with the given shell script as `kubectl`. */
function fakeKubectl(script: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'kube-harden-test-'));
  writeFileSync(path.join(folder, 'kubectl'), `#!/bin/sh\n${script}\n`);
  chmodSync(path.join(folder, 'kubectl'), 0o755);
  return folder;
}

const audit = (script: string | undefined, args: readonly string[] = []) => {
  const folder = script === undefined ? '/nowhere' : fakeKubectl(script);
  return execa(...commandOf(['audit', '--cluster', ...args]), {
    cwd: mkdtempSync(path.join(tmpdir(), 'kube-harden-test-')),
    env: {PATH: folder},
    reject: false,
  });
};

const kinds = `echo 'pods po v1 true Pod
services svc v1 true Service
secrets v1 true Secret
deployments deploy apps/v1 true Deployment
namespaces ns v1 false Namespace
--evil v1 true Evil
widgets example.com/v1 true Widget'`;

/** A kubectl for a cluster with these kinds; \`items\` are the objects of any list of pods. */
const cluster = (get: string) => `
case "$1" in
  config) echo test ;;
  api-resources) ${kinds} ;;
  get) ${get} ;;
esac`;

const list = (...items: readonly object[]) =>
  `printf '%s' '${JSON.stringify({kind: 'List', apiVersion: 'v1', items})}'`;

const pod = (name: string, namespace = 'shop') => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {name, namespace},
  spec: {hostNetwork: true, containers: [{name: 'a', image: 'a'}]},
});

test('the kinds that rules look at are read, and no Secret', async t => {
  const script = cluster(
    `echo "$@" >&2; case $2 in pods) ${list(pod('web'))} ;; *) ${list()} ;; esac`,
  );
  const {stdout, stderr, exitCode} = await audit(script, ['--format', 'json', '--context=there']);
  t.is(exitCode, 1, stderr);
  const {findings, summary} = JSON.parse(stdout);
  t.is(summary.resources, 1);
  t.like(findings[0], {
    rule: 'no-host-network',
    path: '/spec/hostNetwork',
    source: {file: 'cluster there', isLive: true},
  });
  const calls = stderr.split('\n').filter(line => line.startsWith('kubectl: get'));
  t.deepEqual(calls, [
    'kubectl: get pods --output=json --all-namespaces --context=there',
    'kubectl: get services,deployments.apps,namespaces --output=json --all-namespaces --context=there',
  ]);
});

test('in a namespace, what belongs to none is not read', async t => {
  const script = `echo "$@" >&2; case $4 in *=a) ${list(pod('x', 'a'))} ;; *) ${list(pod('x', 'b'))} ;; esac`;
  const {stderr} = await audit(cluster(script), ['-n', 'a', '--namespace=b']);
  const calls = stderr.split('\n').filter(line => line.startsWith('kubectl: get'));
  t.deepEqual(calls, [
    'kubectl: get pods --output=json --namespace=a',
    'kubectl: get pods --output=json --namespace=b',
    'kubectl: get services,deployments.apps --output=json --namespace=a',
    'kubectl: get services,deployments.apps --output=json --namespace=b',
  ]);
});

test('a table names the object, and the path of the field', async t => {
  const {stdout} = await audit(cluster(list(pod('web'))));
  t.regex(stdout, /^Pod\/shop\/web {2}\(cluster test\)$/m);
  t.regex(stdout, /^ {2}high {6}would-fix {2}no-host-network \(\/spec\/hostNetwork\)$/m);
});

const refused = `case $2 in
  *pods*) ${list(pod('web'))} ;;
  *,*) echo 'several failed' >&2; exit 1 ;;
  *) echo "Error from server (Forbidden): $2 is forbidden: User \\"eve\\" cannot list it" >&2; exit 1 ;;
esac`;

test('kinds that are forbidden are named, and fail the audit', async t => {
  const {stdout, stderr, exitCode} = await audit(cluster(refused), ['--format', 'json']);
  t.is(exitCode, 2);
  t.regex(
    stderr,
    /^skipped, not checked: cluster test: deployments.apps: forbidden: User "eve" cannot list it$/m,
  );
  t.regex(stderr, /use --allow-skipped to accept it$/m);
  t.deepEqual(
    JSON.parse(stdout).skipped.map(({file}: {file: string}) => file),
    ['services', 'deployments.apps', 'namespaces'].map(name => `cluster test: ${name}`),
  );
  t.is((await audit(cluster(refused), ['--allow-skipped'])).exitCode, 1);
});

const log = 'E1201 02:59:25.653269   22028 memcache.go:265] "Unhandled Error"';

const failures = [
  [
    'there is no kubectl',
    undefined,
    [],
    /reading a cluster needs `kubectl`, which is not on the PATH/,
  ],
  [
    'the server is dead',
    `echo '${log}' >&2; echo 'The connection was refused' >&2; exit 1`,
    [],
    /^kube-harden: cluster: the cluster cannot be read: The connection was refused$/m,
  ],
  [
    'kubectl lists nonsense',
    'echo "\\033[31mhello"',
    [],
    /lists no kinds: is it really kubectl\?$/m,
  ],
  ...['hello', '[1]', '{"kind":"List"}', '{"kind":"Pod","items":[]}', ''].map(
    text =>
      [
        `kubectl answers ${text}`,
        cluster(`printf '%s' '${text}'`),
        [],
        /nothing could be read: kubectl printed no list of objects in JSON$/m,
      ] as const,
  ),
  [
    'the name of a kind is hostile',
    cluster(`echo 'a\\033[31mb' >&2; exit 1`),
    [],
    /nothing could be read: a\\u001b\[31mb$/m,
  ],
] as const;

for (const [title, script, args, message] of failures) {
  test(`${title}: a clear error`, async t => {
    const {stdout, stderr, exitCode} = await audit(script, args);
    t.is(exitCode, 2);
    t.is(stdout, '');
    t.regex(stderr, message);
    t.false(stderr.includes('\u001b'));
    t.notRegex(stderr, /internal error/);
  });
}

const misuses = [
  [['--cluster', 'a.yaml'], /--cluster takes no targets/],
  [['--cluster', '--set', 'a=b'], /--set is for charts, not for --cluster/],
  [['--cluster', '-A', '-n', 'a'], /--namespace and --all-namespaces contradict each other/],
  [['--context', 'a', 'a.yaml'], /--context needs --cluster/],
  [['-A', 'a.yaml'], /--all-namespaces needs --cluster/],
] as const;

for (const [args, message] of misuses) {
  test(`audit ${args.join(' ')}: refused`, async t => {
    const {stdout, stderr, exitCode} = await execa(...commandOf(['audit', ...args]), {
      reject: false,
    });
    t.is(exitCode, 2);
    t.is(stdout, '');
    t.regex(stderr, message);
  });
}

test('an object that no API server could serve is named, and hides no other', async t => {
  const items = [{kind: 'Pod', apiVersion: 'v1', metadata: []}, pod('web')];
  const {stdout, stderr, exitCode} = await audit(cluster(list(...items)), ['--format', 'json']);
  t.is(exitCode, 2);
  t.regex(stderr, /not checked: cluster test: pods: `metadata` must be a mapping, not \[\]$/m);
  t.true(JSON.parse(stdout).findings.length > 0);
});

test('a namespace without anything does not look clean', async t => {
  for (const [args, message] of [
    [['-n', 'shpo'], /there is nothing in the namespace "shpo": does it exist\?$/m],
    [['-n', 'shop', '-n', 'shpo'], /there is nothing in the namespace "shpo"/],
  ] as const) {
    const {stdout, stderr, exitCode} = await audit(cluster(list(pod('web'))), args);
    t.is(exitCode, 2);
    t.is(stdout, '');
    t.regex(stderr, message);
  }
  const nothing = await audit(cluster(list()));
  t.is(nothing.exitCode, 2);
  t.regex(nothing.stderr, /there is nothing in it that a rule looks at$/m);
});

test('formats for lines of files tell the field instead', async t => {
  for (const format of ['github', 'gitlab', 'sarif', 'markdown']) {
    const {stdout} = await audit(cluster(list(pod('web'))), [`--format=${format}`]);
    t.regex(stdout, /no-host-network/, format);
    t.regex(
      stdout,
      format === 'markdown' ? /cluster test, \/spec\/hostNetwork/ : /\(\/spec\/hostNetwork\)/,
      format,
    );
    t.notRegex(stdout, /line=1\b/, format);
  }
});

test('the JSON report fits the schema in docs', async t => {
  const {stdout} = await audit(cluster(list(pod('web'))), ['--format=json', '--framework=pss']);
  const schema = readFileSync(path.join(repository, 'docs/report.schema.json'), 'utf8');
  const validate = new Ajv2020({allowMatchingProperties: true}).compile(JSON.parse(schema));
  t.true(validate(JSON.parse(stdout)), JSON.stringify(validate.errors));
});

test.serial('a server that lets every call wait is given up', async t => {
  const before = process.env['PATH'];
  t.teardown(() => {
    process.env['PATH'] = before;
  });
  process.env['PATH'] = fakeKubectl(cluster('/bin/sleep 60'));
  const start = Date.now();
  await t.throwsAsync(
    readCluster({}, () => true, undefined, {perCall: 300, total: 1200}),
    {message: /^nothing could be read: kubectl takes more than 0\.\d+ s$/},
  );
  t.true(Date.now() - start < 20_000);
});

test.serial('a kubectl that hangs is stopped', async t => {
  const before = process.env['PATH'];
  t.teardown(() => {
    process.env['PATH'] = before;
  });
  process.env['PATH'] = fakeKubectl(`[ "$1" = config ] || exec /bin/sleep 60`);
  const start = Date.now();
  await t.throwsAsync(
    readCluster({}, () => true, undefined, {perCall: 500, total: 60_000}),
    {name: 'UsageError', message: 'the cluster cannot be read: kubectl takes more than 0.5 s'},
  );
  t.true(Date.now() - start < 10_000);
});
