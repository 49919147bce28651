import {mkdirSync, mkdtempSync, readFileSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {Ajv2020} from 'ajv/dist/2020.js';
import test from 'ava';
import {execa} from 'execa';
import {lockOf, release, replaced} from '../drift/release.ts';
import {commandOf, isStandalone} from '../tools/executable.ts';
import {repository} from '../tools/tools.ts';

/** A folder with the release as `a.yaml`, and with a load balancer as `b.yaml`. */
function folder(): string {
  const cwd = mkdtempSync(path.join(tmpdir(), 'kube-harden-diff-'));
  writeFileSync(path.join(cwd, 'a.yaml'), release);
  writeFileSync(path.join(cwd, 'b.yaml'), replaced(release, 'type: ClusterIP', 'type: NodePort'));
  return cwd;
}

const call = (cwd: string, ...args: readonly string[]) =>
  execa(...commandOf(args), {cwd, reject: false, stripFinalNewline: false, input: ''});

test('baseline prints a lock file, or writes it', async t => {
  const cwd = folder();
  const {stdout, exitCode} = await call(cwd, 'baseline', 'a.yaml');
  t.is(exitCode, 0);
  t.is(stdout, lockOf(release));
  const written = await call(cwd, 'baseline', 'a.yaml', '-o', 'kube-harden.lock');
  t.is(written.stdout, '');
  t.is(readFileSync(path.join(cwd, 'kube-harden.lock'), 'utf8'), stdout);
});

test('diff compares with kube-harden.lock, and --update accepts', async t => {
  const cwd = folder();
  await call(cwd, 'baseline', 'a.yaml', '-o', 'kube-harden.lock');
  const same = await call(cwd, 'diff', 'a.yaml');
  t.is(same.exitCode, 0);
  t.is(same.stdout, '0 worse, 0 better\n');
  const worse = await call(cwd, 'diff', 'b.yaml');
  t.is(worse.exitCode, 1);
  t.is(
    worse.stdout,
    'worse\n  high      Service/RELEASE  node port for 80/TCP\n1 worse (1 high), 0 better\n',
  );
  t.is((await call(cwd, 'diff', 'b.yaml', '--fail-on=critical')).exitCode, 0);
  const accepted = await call(cwd, 'diff', '--update', 'b.yaml');
  t.is(accepted.exitCode, 0);
  t.is(accepted.stdout, worse.stdout);
  const back = await call(cwd, 'diff', 'a.yaml');
  t.is(back.exitCode, 0);
  t.regex(
    back.stdout,
    /^better\n {2}high {6}Service\/RELEASE {2}no longer node port for 80\/TCP$/m,
  );
});

test('diff compares two targets, and a lock file of any name', async t => {
  const cwd = folder();
  t.is((await call(cwd, 'diff', 'b.yaml', '--against', 'a.yaml')).exitCode, 1);
  await call(cwd, 'baseline', 'a.yaml', '-o', 'posture.yaml');
  t.is((await call(cwd, 'diff', 'b.yaml', '--against', 'posture.yaml')).exitCode, 1);
});

test('JSON fits its schema, and Markdown is a table', async t => {
  const cwd = folder();
  const schema = readFileSync(path.join(repository, 'docs/diff.schema.json'), 'utf8');
  const validate = new Ajv2020().compile(JSON.parse(schema));
  const {stdout} = await call(cwd, 'diff', 'b.yaml', '--against=a.yaml', '--format=json');
  const report = JSON.parse(stdout);
  t.true(validate(report), JSON.stringify(validate.errors));
  t.deepEqual(report.summary, {worse: 1, better: 0});
  t.false(validate({...report, changes: [{}]}));
  const markdown = await call(cwd, 'diff', 'b.yaml', '--against=a.yaml', '--format=markdown');
  t.regex(markdown.stdout, /^\| high \| Service\/RELEASE \| node port for 80\/TCP \|$/m);
});

test('what cannot be compared is an error, with nothing on stdout', async t => {
  const cwd = folder();
  writeFileSync(path.join(cwd, 'broken.lock'), lockOf(release).replace('objects:\n', '=======\n'));
  writeFileSync(path.join(cwd, 'bad.yaml'), 'kind: [');
  for (const [args, expected] of [
    [['diff'], /diff takes targets/],
    [['baseline'], /baseline takes targets/],
    [['diff', 'a.yaml'], /kube-harden\.lock: the lock file does not exist: write it with/],
    [
      ['diff', 'a.yaml', '--against', 'broken.lock'],
      /broken\.lock, line 4, column 1: the lock file has the marks of a merge/,
    ],
    [['diff', 'a.yaml', '--against', 'b.yaml', '--update'], /--update rewrites a lock file/],
    [['diff', 'a.yaml', '--against', 'bad.yaml'], /bad\.yaml, document 1, line 1/],
    [['diff', 'bad.yaml', '--against', 'a.yaml'], /bad\.yaml, document 1, line 1/],
    [['diff', 'a.yaml', 'bad.yaml', '--against', 'a.yaml'], /bad\.yaml, document 1, line 1/],
    [['baseline', 'a.yaml', 'bad.yaml'], /bad\.yaml, document 1, line 1/],
    [['baseline', 'a.yaml', '-o', 'nowhere/a.lock'], /the lock file cannot be written/],
    [['diff', 'a.yaml', '--format=xml'], /--format must be one of table, json, markdown/],
  ] as const) {
    const {exitCode, stdout, stderr} = await call(cwd, ...args);
    t.is(exitCode, 2, args.join(' '));
    t.is(stdout, '', args.join(' '));
    t.regex(stderr, expected);
  }
});

test('a lock file among manifests is no manifest', async t => {
  const cwd = folder();
  mkdirSync(path.join(cwd, 'all'));
  writeFileSync(path.join(cwd, 'all/a.yaml'), release);
  writeFileSync(path.join(cwd, 'all/posture.yaml'), lockOf(release));
  const {exitCode, stderr} = await call(cwd, 'audit', 'all', '--fail-on=none');
  t.is(exitCode, 0);
  t.regex(stderr, /^skipped, because it is a lock file of kube-harden: all\/posture\.yaml$/m);
  const hidden = '{kind: Pod, apiVersion: v1, metadata: {name: a}, spec: {hostPID: true}}';
  for (const end of [`---\n${hidden}\n`, `items: [${hidden}]\n`]) {
    writeFileSync(path.join(cwd, 'all/posture.yaml'), `${lockOf(release)}${end}`);
    const found = await call(cwd, 'audit', 'all', '--profile=audit', '--fail-on=none');
    t.regex(found.stdout, /no-host-pid/, end);
  }
});

test('an expired exception is not in force', async t => {
  const cwd = folder();
  const entry = (expires: string) =>
    `exceptions: [{rules: [no-node-port], match: {kind: Service}, reason: a, expires: ${expires}}]\n`;
  for (const [expires, expected] of [
    ['2999-01-01', /^exceptions:\n {2}- no-node-port for kind=Service until 2999-01-01 \(high\)$/m],
    ['2001-01-01', /^exceptions: \[\]$/m],
  ] as const) {
    writeFileSync(path.join(cwd, 'kube-harden.yaml'), entry(`"${expires}"`));
    t.regex((await call(cwd, 'baseline', 'b.yaml')).stdout, expected);
  }
});

/** A folder with the release as `a.yaml`, and a program called `name` that is a shell script. */
function folderWith(name: string, script: string): string {
  const cwd = folder();
  mkdirSync(path.join(cwd, 'bin'));
  writeFileSync(path.join(cwd, 'bin', name), `#!/bin/sh\n${script}\n`, {mode: 0o755});
  return cwd;
}

const callWithTools = (cwd: string, ...args: readonly string[]) =>
  execa(...commandOf(args), {
    cwd,
    reject: false,
    stripFinalNewline: false,
    env: {PATH: `${path.join(cwd, 'bin')}:/bin`},
  });

test('an installed release is what Helm has stored', async t => {
  const cwd = folderWith('helm', `echo "$@" > call; cat '${path.join(folder(), 'b.yaml')}'`);
  const against = '--against=a.yaml';
  const options = ['--release=prod', '-n', 'store', '--context=test', against];
  const {stdout, exitCode} = await callWithTools(cwd, 'diff', ...options, '--format=json');
  t.is(exitCode, 1);
  const {after, changes} = JSON.parse(stdout);
  t.is(after, 'release prod');
  t.is(changes.length, 1);
  const called = readFileSync(path.join(cwd, 'call'), 'utf8');
  t.is(called, 'get manifest --namespace=store --kube-context=test -- prod\n');
});

// A standalone executable runs no script, so it never is in the folder of the plugin.
(isStandalone ? test.skip : test)('helm harden asks the Helm that runs it', async t => {
  const cwd = folderWith('helm', 'exit 1');
  const own = folderWith('helm', `cat '${path.join(folder(), 'b.yaml')}'`);
  const [program, args] = commandOf(['diff', '--release=prod', '--against=a.yaml']);
  const {exitCode, stderr} = await execa(program, args, {
    cwd,
    reject: false,
    env: {
      PATH: `${path.join(cwd, 'bin')}:/bin`,
      HELM_PLUGIN_NAME: 'harden',
      HELM_PLUGIN_DIR: repository,
      HELM_BIN: path.join(own, 'bin/helm'),
    },
  });
  t.is(exitCode, 1, stderr);
});

test('a release that Helm cannot read is an error', async t => {
  const cwd = folderWith('helm', 'echo "Error: release: not found" >&2; exit 1');
  const {exitCode, stdout, stderr} = await callWithTools(
    cwd,
    'diff',
    '--release=x',
    '--against=a.yaml',
  );
  t.is(exitCode, 2);
  t.is(stdout, '');
  t.is(
    stderr,
    'kube-harden: release x: helm could not read the release: Error: release: not found\n',
  );
  const none = await call(cwd, 'diff', '--release=x', '--cluster', '--against=a.yaml');
  t.is(none.exitCode, 2);
  t.regex(none.stderr, /--release is for charts, not for --cluster/);
});

test('hooks that a release has no more are not compared', async t => {
  const hook = `---
apiVersion: batch/v1
kind: Job
metadata: {name: migrate, annotations: {helm.sh/hook: pre-install}}
spec: {template: {metadata: {labels: {app.kubernetes.io/name: front, app.kubernetes.io/instance: shop}}, spec: {containers: []}}}
`;
  const cwd = folderWith('helm', `cat a.yaml`);
  writeFileSync(path.join(cwd, 'hooked.yaml'), `${release}${hook}`);
  const {stdout} = await callWithTools(cwd, 'baseline', 'hooked.yaml');
  t.regex(stdout, /^ {2}Job\/migrate:\n {4}hook: true$/m);
  const running = await callWithTools(cwd, 'diff', '--release=shop', '--against=hooked.yaml');
  t.is(running.exitCode, 0, running.stderr);
  t.regex(running.stdout, /better\n$/);
  t.notRegex(running.stdout, /Job\/migrate/);
  const render = await callWithTools(cwd, 'diff', 'a.yaml', '--against=hooked.yaml');
  t.regex(render.stdout, /Job\/migrate +is gone$/m);
});

test('a lock file that a chart brings along is used only if it is named', async t => {
  const cwd = folder();
  await call(cwd, 'baseline', 'b.yaml', '-o', 'kube-harden.lock');
  writeFileSync(path.join(cwd, 'Chart.yaml'), 'apiVersion: v2\nname: a\nversion: 1.0.0\n');
  const usual = await call(cwd, 'diff', 'b.yaml');
  t.is(usual.exitCode, 2);
  t.is(usual.stdout, '');
  t.regex(usual.stderr, /a lock file inside a chart may be its author’s/);
  t.is((await call(cwd, 'diff', 'b.yaml', '--against=kube-harden.lock')).exitCode, 0);
});

test('what a policy leaves out is recorded, too, and no option leaves anything out', async t => {
  const cwd = folder();
  writeFileSync(path.join(cwd, 'kube-harden.yaml'), 'rules: {no-node-port: off}\n');
  const {stdout} = await call(cwd, 'baseline', 'b.yaml');
  t.is(stdout, lockOf(readFileSync(path.join(cwd, 'b.yaml'), 'utf8')));
  for (const option of ['--rule=no-*', '--skip-rule=no-*', '--profile=strict', '--fix-all']) {
    for (const verb of ['baseline', 'diff']) {
      const refused = await call(cwd, verb, 'b.yaml', option);
      t.is(refused.exitCode, 2);
      t.is(refused.stdout, '');
      const [name] = option.split('=');
      t.regex(
        refused.stderr,
        new RegExp(`${verb} has no \`${name}\` \\(it is an option of .*audit`),
      );
    }
  }
});

test('another release in the same manifests is not the one that the call names', async t => {
  const cwd = folder();
  const renamed = replaced(release, 'shop-web', 'other-web');
  const other = replaced(renamed, 'instance: shop', 'instance: other');
  writeFileSync(path.join(cwd, 'two.yaml'), `${other}${release}`);
  const options = ['--against=a.yaml', '--release=shop', '--format=json'];
  const {changes} = JSON.parse((await call(cwd, 'diff', 'two.yaml', ...options)).stdout);
  t.not(changes.length, 0);
  for (const {direction, object} of changes) {
    t.is(direction, 'worse');
    t.regex(object, /\/other-web$/);
  }
});
