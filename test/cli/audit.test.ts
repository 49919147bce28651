import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {setTimeout} from 'node:timers/promises';
import test from 'ava';
import {execa} from 'execa';
import {chartFolder, renderedFile} from '../fixtures/charts.ts';
import {repository, requireTool} from '../tools/tools.ts';

const executable = path.join(repository, 'dist/kube-harden.cjs');
const scratch = () => mkdtempSync(path.join(tmpdir(), 'kube-harden-test-'));

const pathWith = (folder: string) =>
  [folder, path.dirname(process.execPath), '/usr/bin', '/bin'].join(path.delimiter);

/** A folder with a `helm` that is the given shell script. */
function fakeHelm(script: string): string {
  const folder = scratch();
  writeFileSync(path.join(folder, 'helm'), `#!/bin/sh\n${script}\n`);
  chmodSync(path.join(folder, 'helm'), 0o755);
  return folder;
}

const audit = (args: readonly string[], {cwd = scratch(), helm = scratch(), input = ''} = {}) =>
  execa(process.execPath, [executable, 'audit', ...args], {
    cwd,
    input,
    env: {PATH: pathWith(helm)},
    reject: false,
  });

const manifest = (name: string) =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, labels: {app: a}}\nspec:\n  hostNetwork: true\n  containers: [{name: a, image: a}]\n`;

test('a folder of mixed files: manifests are audited, what is none is named', async t => {
  const cwd = scratch();
  mkdirSync(path.join(cwd, 'all/node_modules'), {recursive: true});
  writeFileSync(path.join(cwd, 'all/pod.yaml'), manifest('web'));
  writeFileSync(path.join(cwd, 'all/values.yaml'), 'replicas: 2\n');
  writeFileSync(path.join(cwd, 'all/package.json'), '{"name": "a"}');
  writeFileSync(path.join(cwd, 'all/plugin.yaml'), 'apiVersion: v1\ntype: postrenderer/v1\n');
  writeFileSync(path.join(cwd, 'all/tsconfig.json'), '// Comments\n{"a": 1}');
  writeFileSync(path.join(cwd, 'all/latin.yaml'), Uint8Array.of(0x61, 0x3a, 0x20, 0xe4));
  writeFileSync(path.join(cwd, 'all/notes.txt'), '{{');
  writeFileSync(path.join(cwd, 'all/node_modules/broken.yaml'), '{{');
  symlinkSync('..', path.join(cwd, 'all/loop'));
  symlinkSync('nowhere', path.join(cwd, 'all/dangling.yaml'));
  const {stdout, stderr, exitCode} = await audit(['all', '--format', 'json'], {cwd});
  t.is(exitCode, 1, stderr);
  t.is(JSON.parse(stdout).summary.resources, 1);
  const said = stderr.split('\n');
  for (const name of [
    'values.yaml',
    'package.json',
    'plugin.yaml',
    'tsconfig.json',
    'latin.yaml',
  ]) {
    t.true(said.includes(`passed over, since it holds no manifest: all/${name}`), name);
  }
});

test('a file that may be a manifest is never passed over', async t => {
  for (const text of [
    'kind: Pod\nspec: [',
    '"k\\u0069nd": Pod\n"a',
    '%YAML 1.1\n---\nkind: Pod\n',
    'a: b\n---\nkind: Pod\n',
    Buffer.from('\ufeffkind: Pod\n', 'utf16le'),
  ]) {
    const cwd = scratch();
    writeFileSync(path.join(cwd, 'pod.yaml'), manifest('web'));
    writeFileSync(path.join(cwd, 'z.yaml'), text);
    const {exitCode, stdout, stderr} = await audit(['.'], {cwd});
    t.is(exitCode, 2);
    t.is(stdout, '');
    t.regex(stderr, /z\.yaml, document 1, line/);
  }
});

test('a folder in which nothing is a manifest is an error', async t => {
  const cwd = scratch();
  t.regex((await audit(['.'], {cwd})).stderr, /holds no chart and no \.yaml/);
  writeFileSync(path.join(cwd, 'values.yaml'), 'a: 1\n');
  const {exitCode, stderr} = await audit(['.'], {cwd});
  t.is(exitCode, 2);
  t.regex(stderr, /no target holds a manifest/);
});

test('a chart within a folder is rendered, and its templates are not read', async t => {
  const cwd = scratch();
  cpSync(chartFolder('shop'), path.join(cwd, 'charts/shop'), {recursive: true});
  const helm = fakeHelm(`cat ${renderedFile('shop')}`);
  const {stdout, stderr} = await audit(['.', '--format', 'json'], {cwd, helm});
  t.is(JSON.parse(stdout).findings[0].source.file, 'charts/shop', stderr);
});

test('a library chart within a folder is named', async t => {
  const cwd = scratch();
  writeFileSync(path.join(cwd, 'pod.yaml'), manifest('web'));
  mkdirSync(path.join(cwd, 'common'));
  writeFileSync(path.join(cwd, 'common/Chart.yaml'), 'name: common\ntype: "library"\n');
  const {exitCode, stderr} = await audit(['.'], {cwd, helm: fakeHelm('exit 1')});
  t.is(exitCode, 1);
  t.regex(stderr, /passed over, since a library chart renders nothing: common/);
});

test('lines of a chart are those of what its template renders', async t => {
  const cwd = scratch();
  cpSync(chartFolder('shop'), path.join(cwd, 'shop'), {recursive: true});
  const helm = fakeHelm(`cat ${renderedFile('shop')}`);
  const {stdout} = await audit(['shop', '--format', 'json'], {cwd, helm});
  const {source} = JSON.parse(stdout).findings[0];
  const lines = readFileSync(renderedFile('shop'), 'utf8').split('\n');
  t.is(lines[source.line - source.templateLine - 1], `# Source: ${source.template}`);
  t.true(source.isRendering);
  const place = `${source.templateLine}:${source.column} `;
  const table = (await audit(['shop'], {cwd, helm})).stdout;
  const head = `(shop, from ${source.template}; lines of what that renders)\n  ${place}`;
  t.true(table.includes(head), table);
  const file = await audit([renderedFile('shop'), '--format', 'json'], {cwd});
  t.is(JSON.parse(file.stdout).findings[0].source.isRendering, undefined);
});

test('the network of a folder of mixed files', async t => {
  const cwd = scratch();
  writeFileSync(path.join(cwd, 'pod.yaml'), manifest('web'));
  writeFileSync(path.join(cwd, 'values.yaml'), 'a: 1\n');
  const {exitCode, stderr} = await execa(executable, ['network', '.'], {cwd, reject: false});
  t.is(exitCode, 0, stderr);
  t.regex(stderr, /passed over, since it holds no manifest: values\.yaml/);
});

test('targets: many, after options or before, and one that begins with a hyphen', async t => {
  const cwd = scratch();
  for (const name of ['a.yaml', 'b.yaml', '-c.yaml']) {
    writeFileSync(path.join(cwd, name), manifest(name.replace(/\W/g, '')));
  }
  const args = ['a.yaml', '--format', 'json', 'b.yaml', '-', '--', '-c.yaml', 'a.yaml'];
  const {stdout} = await audit(args, {cwd, input: manifest('stdin')});
  const report = JSON.parse(stdout);
  t.is(report.summary.resources, 4);
  const files = report.findings.map(({source}: {source: {file: string}}) => source.file);
  t.deepEqual([...new Set(files)], ['a.yaml', 'b.yaml', '<stdin>', '-c.yaml']);
});

test('what cannot be read is an error of one line', async t => {
  for (const [target, message] of [
    ['/proc/self/mem', /it cannot be read: EIO/],
    ['nope.tgz', /nope\.tgz: the target does not exist/],
    ['nope', /nope: the target does not exist/],
  ] as const) {
    const {exitCode, stdout, stderr} = await audit([target]);
    t.is(exitCode, 2);
    t.is(stdout, '');
    t.regex(stderr, message);
    t.is(stderr.split('\n').length, 1);
  }
});

test('passes options on to helm, and the chart as what no option can be', async t => {
  const cwd = scratch();
  mkdirSync(path.join(cwd, '--evil'));
  writeFileSync(path.join(cwd, '--evil/Chart.yaml'), 'name: evil\n');
  const helm = fakeHelm(`for arg in "$@"; do echo "$arg" >> ${cwd}/args; done`);
  const given = '--values v.yaml --set a=1 --set b=2 --set-string c=3 -n demo --kube-version 1.34';
  const more = ['--api-versions', 'a/v1', '--chart-version', '2', '--release', 'web'];
  await audit([...given.split(' '), ...more, '--', '--evil'], {cwd, helm});
  t.deepEqual(readFileSync(path.join(cwd, 'args'), 'utf8').trimEnd().split('\n'), [
    'template',
    '--include-crds',
    ...'--values v.yaml --set a=1 --set b=2 --set-string c=3 --namespace demo'.split(' '),
    ...'--kube-version 1.34 --api-versions a/v1 --version 2 --'.split(' '),
    'web',
    path.join(cwd, '--evil'),
  ]);
});

test('what helm says is shown, line by line, and obeyed by no terminal', async t => {
  const cwd = scratch();
  writeFileSync(path.join(cwd, 'a.tgz'), '');
  const failing = fakeHelm('printf "Error: no\\n\\033[2Jsecond\\n" >&2; exit 1');
  const failed = await audit(['a.tgz'], {cwd, helm: failing});
  t.is(failed.exitCode, 2);
  t.is(failed.stdout, '');
  t.regex(failed.stderr, /a\.tgz: helm could not render the chart: Error: no\n\\u001b\[2Jsecond$/);
  const warning = fakeHelm('echo "walk: found symlink" >&2');
  const warned = await audit(['a.tgz'], {cwd, helm: warning});
  t.is(warned.exitCode, 0);
  t.regex(warned.stderr, /^helm: walk: found symlink/);
});

test('what helm prints must be text', async t => {
  const cwd = scratch();
  writeFileSync(path.join(cwd, 'a.tgz'), '');
  const {exitCode, stderr} = await audit(['a.tgz'], {cwd, helm: fakeHelm('printf "a: \\377"')});
  t.is(exitCode, 2);
  t.regex(stderr, /a\.tgz, document 1.*UTF-8/);
});

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const) {
  test(`${signal} leaves no temporary folder, and no helm`, async t => {
    const cwd = scratch();
    writeFileSync(path.join(cwd, 'a.tgz'), '');
    const script = `echo "$HELM_CACHE_HOME" > ${cwd}/part; echo $$ > ${cwd}/pid; mv ${cwd}/part ${cwd}/cache; sleep 60`;
    const child = spawn(process.execPath, [executable, 'audit', 'a.tgz'], {
      cwd,
      env: {PATH: pathWith(fakeHelm(script))},
      stdio: 'ignore',
    });
    const ended = once(child, 'exit');
    while (!existsSync(path.join(cwd, 'cache'))) await setTimeout(20);
    const folder = readFileSync(path.join(cwd, 'cache'), 'utf8').trim();
    t.true(existsSync(folder));
    child.kill(signal);
    t.deepEqual(await ended, [code, null]);
    t.false(existsSync(folder));
    const helm = Number(readFileSync(path.join(cwd, 'pid'), 'utf8'));
    t.throws(() => process.kill(helm, 0), {code: 'ESRCH'});
  });
}

test('audits an archive with values, a namespace and a release of the user’s', async t => {
  const helm = requireTool(t, 'helm3');
  if (helm === undefined) return;
  const bin = scratch();
  symlinkSync(helm, path.join(bin, 'helm'));
  const cwd = scratch();
  await execa('tar', ['-czf', 'unsafe.tgz', '-C', path.dirname(chartFolder('unsafe')), 'unsafe'], {
    cwd,
  });
  writeFileSync(path.join(cwd, 'v.yaml'), 'web: {nodePort: 31000}\n');
  const options = '-f v.yaml --set agent.port=9200 -n other --release mine --format json'.split(
    ' ',
  );
  const {stdout, stderr} = await audit(['unsafe.tgz', ...options], {cwd, helm: bin});
  const {findings} = JSON.parse(stdout || '{}');
  const port = findings.find(({rule}: {rule: string}) => rule === 'no-host-port');
  t.is(port.before, 9200, stderr);
});

test('a policy within the chart under audit is of no effect', async t => {
  const cwd = scratch();
  cpSync(chartFolder('unsafe'), path.join(cwd, 'unsafe'), {recursive: true});
  const policy = 'rules: {no-host-network: off}\n';
  writeFileSync(path.join(cwd, 'unsafe/kube-harden.yaml'), policy);
  const helm = fakeHelm(`cat ${renderedFile('unsafe')}`);
  for (const [target, at] of [
    ['unsafe', cwd],
    ['.', path.join(cwd, 'unsafe')],
  ] as const) {
    const {stdout} = await audit([target], {cwd: at, helm});
    t.regex(stdout, /no-host-network/);
  }
});
