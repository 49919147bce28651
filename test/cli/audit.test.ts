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
import {commandOf, executable} from '../tools/executable.ts';
import {toolPath} from '../tools/tools.ts';
import {testWithTools} from '../tools/with-tools.ts';

const scratch = () => mkdtempSync(path.join(tmpdir(), 'kube-harden-test-'));

const pathWith = (folder: string) =>
  [folder, path.dirname(process.execPath), '/usr/bin', '/bin'].join(path.delimiter);

/** A folder with the given shell script as `helm`. */
function fakeHelm(script: string): string {
  const folder = scratch();
  writeFileSync(path.join(folder, 'helm'), `#!/bin/sh\n${script}\n`);
  chmodSync(path.join(folder, 'helm'), 0o755);
  return folder;
}

const audit = (args: readonly string[], {cwd = scratch(), helm = scratch(), input = ''} = {}) =>
  execa(...commandOf(['audit', ...args]), {
    cwd,
    input,
    env: {PATH: pathWith(helm)},
    reject: false,
  });

const manifest = (name: string) =>
  `apiVersion: v1
kind: Pod
metadata: {name: ${name}, labels: {app: a}}
spec:
  hostNetwork: true
  containers: [{name: a, image: a}]
`;

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
  t.is(exitCode, 2, stderr);
  const {summary, skipped} = JSON.parse(stdout);
  t.is(summary.resources, 1);
  t.deepEqual(skipped, [
    {file: 'all/dangling.yaml', reason: 'it is a broken link'},
    {
      file: 'all/latin.yaml',
      reason: 'document 1, line 1, column 4: the input must be UTF-8 text',
    },
    {file: 'all/loop', reason: 'it is a link that points outside the folder'},
    {file: 'all/node_modules', reason: 'folders with that name are not searched'},
    {
      file: 'all/tsconfig.json',
      reason: 'document 1, line 2, column 5: a mapping must not begin within a line',
    },
  ]);
  const allowed = await audit(['all', '--allow-skipped'], {cwd});
  t.is(allowed.exitCode, 1, allowed.stderr);
  const said = stderr.split('\n');
  for (const name of ['values.yaml', 'package.json', 'plugin.yaml']) {
    t.true(said.includes(`skipped, because it contains no manifest: all/${name}`), name);
  }
});

test('a file that may be a manifest is told, and the audit fails', async t => {
  for (const text of [
    'kind: Pod\nspec: [',
    '"k\\u0069nd": Pod\n"a',
    `%YAML 1.1
---
kind: Pod
`,
    `a: b
---
kind: Pod
`,
    Buffer.from('\ufeffkind: Pod\n', 'utf16le'),
  ]) {
    const cwd = scratch();
    writeFileSync(path.join(cwd, 'pod.yaml'), manifest('web'));
    writeFileSync(path.join(cwd, 'z.yaml'), text);
    const {exitCode, stdout, stderr} = await audit(['.'], {cwd});
    t.is(exitCode, 2);
    t.regex(stdout, /^Pod\/web/);
    t.regex(stdout, /^skipped, not checked: z\.yaml: document 1, line/m);
    t.regex(stderr, /^skipped, not checked: z\.yaml: document 1, line/m);
    const allowed = await audit(['.', '--allow-skipped', '--fail-on', 'none'], {cwd});
    t.is(allowed.exitCode, 0, allowed.stderr);
  }
});

test('a folder in which nothing is a manifest is an error', async t => {
  const cwd = scratch();
  t.regex((await audit(['.'], {cwd})).stderr, /contains no chart, no kustomization and no \.yaml/);
  writeFileSync(path.join(cwd, 'values.yaml'), 'a: 1\n');
  const {exitCode, stderr} = await audit(['.'], {cwd});
  t.is(exitCode, 2);
  t.regex(stderr, /no target contains a manifest/);
});

for (const verb of ['audit', 'decide', 'network', 'patches']) {
  for (const [input, text] of Object.entries({nothing: '', comments: '---\n# nothing\n---\n'})) {
    test(`${verb} of ${input} is an error, not a success`, async t => {
      const cwd = scratch();
      writeFileSync(path.join(cwd, 'empty.yaml'), text);
      const call = (...args: string[]) =>
        execa(process.execPath, [executable, verb, ...args], {cwd, input: text, reject: false});
      const fromPipe = await call('-');
      t.is(fromPipe.exitCode, 2);
      t.is(
        fromPipe.stderr,
        'kube-harden: <stdin>: it contains no manifest: did the command before the pipe fail?',
      );
      const fromFile = await call('empty.yaml', '--allow-skipped');
      t.is(fromFile.exitCode, 2);
      t.is(fromFile.stderr, 'kube-harden: empty.yaml: it contains no manifest');
    });
  }
}

test('an empty file next to others fails the audit, and hides nothing', async t => {
  const cwd = scratch();
  writeFileSync(path.join(cwd, 'pod.yaml'), manifest('web'));
  writeFileSync(path.join(cwd, 'empty.yaml'), '');
  const {exitCode, stdout} = await audit(['empty.yaml', 'pod.yaml'], {cwd});
  t.is(exitCode, 2);
  t.regex(stdout, /no-host-network/);
  t.regex(stdout, /failed, not checked: empty\.yaml: it contains no manifest/);
});

test('a list without items is a manifest', async t => {
  const {exitCode} = await audit(['-'], {input: 'apiVersion: v1\nkind: List\nitems: []\n'});
  t.is(exitCode, 0);
});

test('a chart that renders nothing is an error, and within a folder it is skipped', async t => {
  const cwd = scratch();
  mkdirSync(path.join(cwd, 'all/chart'), {recursive: true});
  writeFileSync(path.join(cwd, 'all/pod.yaml'), manifest('web'));
  writeFileSync(path.join(cwd, 'all/chart/Chart.yaml'), 'name: a\n');
  const helm = fakeHelm('echo');
  const named = await audit(['all/chart', '--allow-skipped'], {cwd, helm});
  t.is(named.exitCode, 2);
  t.is(named.stderr, 'kube-harden: all/chart: it renders no manifest');
  const folder = await audit(['all'], {cwd, helm});
  t.is(folder.exitCode, 2);
  t.regex(folder.stdout, /skipped, not checked: all\/chart: it renders no manifest/);
  const accepted = await audit(['all', '--allow-skipped', '--fail-on=none'], {cwd, helm});
  t.is(accepted.exitCode, 0);
});

test('a chart within a folder is rendered, and its templates are not read', async t => {
  const cwd = scratch();
  cpSync(chartFolder('shop'), path.join(cwd, 'charts/shop'), {recursive: true});
  const helm = fakeHelm(`cat ${renderedFile('shop')}`);
  const {stdout, stderr} = await audit(['.', '--format', 'json'], {cwd, helm});
  t.is(JSON.parse(stdout).findings[0].source.file, 'charts/shop', stderr);
});

test('a machine without a place for temporary files is told so', async t => {
  const folder = scratch();
  writeFileSync(path.join(folder, 'file'), '');
  for (const [name, reason] of [
    ['file', 'ENOTDIR'],
    ['none', 'ENOENT'],
  ] as const) {
    const env = {PATH: pathWith(fakeHelm('echo')), TMPDIR: path.join(folder, name)};
    const args = ['audit', chartFolder('shop')];
    const {exitCode, stdout, stderr} = await execa(...commandOf(args), {env, reject: false});
    t.is(exitCode, 2);
    t.is(stdout, '');
    t.true(stderr.includes('needs a folder for temporary files, '), stderr);
    t.true(stderr.includes(`${name} cannot have one (${reason}): set TMPDIR`), stderr);
  }
});

test('a library chart within a folder is named', async t => {
  const cwd = scratch();
  writeFileSync(path.join(cwd, 'pod.yaml'), manifest('web'));
  mkdirSync(path.join(cwd, 'common'));
  writeFileSync(path.join(cwd, 'common/Chart.yaml'), 'name: common\ntype: "library"\n');
  const says = 'echo "Error: library charts are not installable" >&2; exit 1';
  const {exitCode, stderr} = await audit(['.'], {cwd, helm: fakeHelm(says)});
  t.is(exitCode, 1, stderr);
  t.regex(stderr, /skipped, because a library chart renders nothing: common/);
});

test('what only seems to be a library fails the audit', async t => {
  for (const says of [
    'Error: execution error at (a/templates/a.yaml:1:3): library charts are not installable',
    'walk.go:75: found symbolic link\\nError: library charts are not installable',
    'Error: library charts are not installable\\nor so',
  ]) {
    const cwd = scratch();
    writeFileSync(path.join(cwd, 'pod.yaml'), manifest('web'));
    mkdirSync(path.join(cwd, 'evil'));
    writeFileSync(path.join(cwd, 'evil/Chart.yaml'), 'name: evil\ntype: library\n');
    const helm = fakeHelm(`printf '${says}\\n' >&2; exit 1`);
    const {exitCode, stderr} = await audit(['.'], {cwd, helm});
    t.is(exitCode, 2, stderr);
    t.regex(stderr, /skipped, not checked: evil: helm could not render the chart/);
  }
});

test('what kubectl would apply beside Chart.yaml is audited as well', async t => {
  const cwd = scratch();
  cpSync(chartFolder('shop'), path.join(cwd, 'shop'), {recursive: true});
  writeFileSync(path.join(cwd, 'shop/extra.yaml'), manifest('extra'));
  writeFileSync(path.join(cwd, 'shop/values.schema.json'), '{"kind": "none"}');
  const helm = fakeHelm(`cat ${renderedFile('shop')}`);
  const {stdout} = await audit(['shop', '--format', 'json'], {cwd, helm});
  const files = JSON.parse(stdout).findings.map(
    ({source}: {source: {file: string}}) => source.file,
  );
  t.deepEqual([...new Set(files)], ['shop', 'shop/extra.yaml']);
});

test('what a folder holds in other ways', async t => {
  const cwd = scratch();
  const all = path.join(cwd, 'all');
  mkdirSync(path.join(all, '.hidden'), {recursive: true});
  mkdirSync(path.join(all, '.git/objects'), {recursive: true});
  writeFileSync(path.join(all, '.hidden/a.yml'), manifest('hidden'));
  writeFileSync(path.join(all, 'CAPITALS.YAML'), manifest('capitals'));
  writeFileSync(path.join(all, 'LICENSE'), 'kind: Pod\n');
  writeFileSync(path.join(cwd, 'outside.yaml'), manifest('outside'));
  symlinkSync('CAPITALS.YAML', path.join(all, 'inside.yaml'));
  symlinkSync('../outside.yaml', path.join(all, 'outside.yaml'));
  await execa('mkfifo', [path.join(all, 'pipe.json')]);
  const gzip = Uint8Array.of(0x1f, 0x8b, 8, 0);
  writeFileSync(path.join(all, 'evil.bin'), gzip);
  writeFileSync(path.join(all, 'evil.tgz'), gzip);
  const helm = fakeHelm('echo "Error: no chart" >&2; exit 1');
  const {stdout, exitCode} = await audit(['all', '--format', 'json'], {cwd, helm});
  t.is(exitCode, 2);
  const {findings, skipped} = JSON.parse(stdout);
  const names = findings.map(({resource}: {resource: {name: string}}) => resource.name);
  t.deepEqual([...new Set(names)], ['hidden', 'capitals']);
  t.deepEqual(
    skipped.map(({file, reason}: {file: string; reason: string}) => `${file}: ${reason}`),
    [
      'all/evil.bin: helm could not render the chart: Error: no chart',
      'all/evil.tgz: helm could not render the chart: Error: no chart',
      'all/outside.yaml: it is a link that points outside the folder',
      'all/pipe.json: it is not a regular file',
    ],
  );
});

test('every report tells what was skipped', async t => {
  const cwd = scratch();
  writeFileSync(path.join(cwd, 'pod.yaml'), manifest('web'));
  writeFileSync(path.join(cwd, 'z.yaml'), 'kind: [');
  const sarif = JSON.parse((await audit(['.', '--format', 'sarif'], {cwd})).stdout);
  const [{executionSuccessful, toolExecutionNotifications}] = sarif.runs[0].invocations;
  t.false(executionSuccessful);
  t.is(toolExecutionNotifications[0].locations[0].physicalLocation.artifactLocation.uri, 'z.yaml');
  const {stdout} = await audit(['.', '--format', 'markdown'], {cwd});
  t.regex(stdout, /^- skipped, not checked: z/m);
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
  const place = `(line ${source.templateLine})`;
  const table = (await audit(['shop'], {cwd, helm})).stdout;
  const [, body = ''] = table.split(`(shop, from ${source.template}; lines of its output)\n`);
  t.true(body.split('\n\n')[0]?.includes(place), table);
  const file = await audit([renderedFile('shop'), '--format', 'json'], {cwd});
  t.is(JSON.parse(file.stdout).findings[0].source.isRendering, undefined);
});

test('the namespace that Helm fills in where nobody names one is no finding', async t => {
  const cwd = scratch();
  const text = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: default}\n';
  writeFileSync(path.join(cwd, 'a.yaml'), text);
  mkdirSync(path.join(cwd, 'chart'));
  writeFileSync(path.join(cwd, 'chart/Chart.yaml'), 'apiVersion: v2\nname: a\nversion: 1.0.0\n');
  const helm = fakeHelm(`cat ${path.join(cwd, 'a.yaml')}`);
  const rulesFound = async (...args: readonly string[]) => {
    const {stdout} = await audit([...args, '--profile=strict', '--format=json'], {cwd, helm});
    return JSON.parse(stdout).findings.map(({rule}: {rule: string}) => rule);
  };
  t.deepEqual(await rulesFound('chart'), []);
  t.deepEqual(await rulesFound('chart', '--namespace=default'), ['no-default-namespace']);
  t.deepEqual(await rulesFound('a.yaml'), ['no-default-namespace']);
});

test('the network of a folder of mixed files', async t => {
  const cwd = scratch();
  writeFileSync(path.join(cwd, 'pod.yaml'), manifest('web'));
  writeFileSync(path.join(cwd, 'values.yaml'), 'a: 1\n');
  const {exitCode, stderr} = await execa(executable, ['network', '.'], {cwd, reject: false});
  t.is(exitCode, 0, stderr);
  t.regex(stderr, /skipped, because it contains no manifest: values\.yaml/);
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
    ['/proc/self/mem', /it cannot be read \(EIO\)/],
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
  t.regex(
    failed.stderr,
    /a\.tgz: helm could not render the chart: Error: no\n {2}\| \\u001b\[2Jsecond$/,
  );
  const warning = fakeHelm(
    'printf "apiVersion: v1\\nkind: ConfigMap\\nmetadata: {name: a}\\n"; echo "walk: found symlink" >&2',
  );
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
    const child = spawn(...commandOf(['audit', 'a.tgz']), {
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

testWithTools('helm3')(
  'audits an archive with values, a namespace and a release of the user’s',
  async t => {
    const helm = toolPath('helm3');
    const bin = scratch();
    symlinkSync(helm, path.join(bin, 'helm'));
    const cwd = scratch();
    await execa(
      'tar',
      ['-czf', 'unsafe.tgz', '-C', path.dirname(chartFolder('unsafe')), 'unsafe'],
      {
        cwd,
      },
    );
    writeFileSync(path.join(cwd, 'v.yaml'), 'web: {nodePort: 31000}\n');
    const options = '-f v.yaml --set agent.port=9200 -n other --release mine --format json'.split(
      ' ',
    );
    const {stdout, stderr} = await audit(['unsafe.tgz', ...options], {cwd, helm: bin});
    const {findings} = JSON.parse(stdout || '{}');
    const port = findings.find(({rule}: {rule: string}) => rule === 'no-host-port');
    t.is(port.before, 9200, stderr);
  },
);

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
