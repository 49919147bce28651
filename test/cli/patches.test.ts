import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test from 'ava';
import {execa} from 'execa';
import {parse} from 'yaml';
import {renderedFile} from '../fixtures/charts.ts';
import {commandOf} from '../tools/executable.ts';
import {toolPath} from '../tools/tools.ts';
import {testWithTools} from '../tools/with-tools.ts';

const scratch = () => mkdtempSync(path.join(tmpdir(), 'kube-harden-patches-'));

const patches = (args: readonly string[], input = '') =>
  execa(...commandOf(['patches', ...args]), {input, reject: false, cwd: scratch()});

const pod = (metadata: string) => `
apiVersion: v1
kind: Pod
metadata: {${metadata}}
spec:
  containers: [{name: main, image: a, ports: [{containerPort: 80, hostPort: 80}]}]
`;

const operations = `- op: add
  path: /metadata/annotations
  value: {kube-harden.io/rewritten: "no-host-port,no-privilege-escalation"}
- op: test
  path: /spec/containers/0/name
  value: main
- op: test
  path: /spec/containers/0/ports/0
  value: {containerPort: 80, hostPort: 80}
- op: remove
  path: /spec/containers/0/ports/0/hostPort
- op: add
  path: /spec/containers/0/securityContext
  value: {allowPrivilegeEscalation: false}`;
const patch = {target: {version: 'v1', kind: 'Pod', name: 'web'}, patch: operations};

for (const [format, expected] of Object.entries({
  kustomization: {
    apiVersion: 'kustomize.config.k8s.io/v1alpha1',
    kind: 'Component',
    patches: [patch],
  },
  flux: {postRenderers: [{kustomize: {patches: [patch]}}]},
  argocd: {kustomize: {patches: [patch]}},
})) {
  test(`the format ${format} on stdout`, async t => {
    const {stdout, stderr, exitCode} = await patches(['-', '--format', format], pod('name: web'));
    t.is(exitCode, 0);
    t.deepEqual(parse(stdout), expected);
    t.regex(stderr, /Pod\/web: fixed no-host-port, no-privilege-escalation/);
  });
}

test('writes a component, and checks whether it is current', async t => {
  const folder = path.join(scratch(), 'base', 'hardening');
  const chart = renderedFile('unsafe');
  t.is((await patches([chart, '--check', folder])).exitCode, 1);
  t.is((await patches([chart, '--output', folder])).exitCode, 0);
  t.deepEqual(readdirSync(folder), ['kustomization.yaml', 'network-policies.yaml']);
  t.deepEqual(parse(readFileSync(path.join(folder, 'kustomization.yaml'), 'utf8')).resources, [
    'network-policies.yaml',
  ]);
  const current = await patches([chart, '--check', folder]);
  t.is(current.exitCode, 0, current.stderr);
  const upgraded = path.join(scratch(), 'upgraded.yaml');
  writeFileSync(upgraded, `${readFileSync(chart, 'utf8')}---${pod('name: new')}`);
  const {exitCode, stdout, stderr} = await patches([upgraded, '--check', folder]);
  t.is(exitCode, 1);
  t.is(stdout, '');
  t.regex(stderr, /^out of date: .*kustomization\.yaml/m);
});

test('a file that somebody else wrote is not replaced, one that is no longer needed goes', async t => {
  const folder = scratch();
  const mine = path.join(folder, 'kustomization.yaml');
  writeFileSync(mine, 'resources: [a.yaml]\n');
  const refused = await patches(['-', '--output', folder], pod('name: web'));
  t.is(refused.exitCode, 2);
  t.regex(refused.stderr, /kustomization\.yaml: `kube-harden patches` did not write this file/);
  t.is(readFileSync(mine, 'utf8'), 'resources: [a.yaml]\n');
  t.deepEqual(readdirSync(folder), ['kustomization.yaml']);

  const own = path.join(folder, 'own');
  const chart = renderedFile('unsafe');
  t.is((await patches([chart, '--output', own])).exitCode, 0);
  writeFileSync(path.join(own, 'mine.yaml'), '');
  const flux = [chart, '--format', 'flux'];
  const check = await patches([...flux, '--check', own]);
  t.is(check.exitCode, 1);
  t.regex(check.stderr, /^missing: .*post-renderers\.yaml/m);
  t.regex(check.stderr, /^no longer needed: .*kustomization\.yaml/m);
  t.is((await patches([...flux, '--output', own])).exitCode, 0);
  t.deepEqual(readdirSync(own), ['mine.yaml', 'network-policies.yaml', 'post-renderers.yaml']);
  t.is((await patches([...flux, '--check', own])).exitCode, 0);
});

test('a folder with anything but files is refused, without waiting for it', async t => {
  const folder = scratch();
  const file = path.join(folder, 'network-policies.yaml');
  for (const make of [
    () => execa('mkfifo', [file]),
    () => mkdirSync(file),
    () => symlinkSync('/dev/zero', file),
  ]) {
    await make();
    for (const option of ['--check', '--output']) {
      const {stdout, stderr, exitCode} = await patches(['-', option, folder], pod('name: web'));
      t.is(exitCode, 2);
      t.is(stdout, '');
      t.regex(stderr, /network-policies\.yaml: it is not a regular file\n?$/);
    }
    rmSync(file, {recursive: true});
  }
});

test('the line breaks of Windows are no change', async t => {
  const folder = scratch();
  await patches(['-', '--output', folder], pod('name: web'));
  const file = path.join(folder, 'kustomization.yaml');
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replaceAll('\n', '\r\n'));
  t.is((await patches(['-', '--check', folder], pod('name: web'))).exitCode, 0);
  t.is((await patches(['-', '--output', folder], pod('name: web'))).exitCode, 0);
  t.is(readFileSync(file, 'utf8'), text);
});

testWithTools('helm3')(
  'a chart that is rendered without the name of its release is told',
  async t => {
    const cwd = scratch();
    mkdirSync(path.join(cwd, 'chart/templates'), {recursive: true});
    writeFileSync(
      path.join(cwd, 'chart/Chart.yaml'),
      'apiVersion: v2\nname: chart\nversion: 1.0.0\n',
    );
    writeFileSync(path.join(cwd, 'chart/templates/a.yaml'), pod('name: "{{ .Release.Name }}"'));
    symlinkSync(toolPath('helm3'), path.join(cwd, 'helm'));
    const env = {PATH: `${cwd}${path.delimiter}${process.env['PATH']}`};
    const run = (args: readonly string[]) =>
      execa(...commandOf(['patches', path.join(cwd, 'chart'), ...args]), {env});
    t.regex((await run([])).stderr, /^note: the release is called "release-name" here/m);
    const {stdout, stderr} = await run(['--release', 'web']);
    t.notRegex(stderr, /release is called/);
    t.is(parse(stdout).patches[0].target.name, 'web');
  },
);

test('what no target can select is named, and fails the call', async t => {
  const twice = `${pod('name: web')}---${pod('name: web, namespace: default')}---${pod('generateName: job-')}`;
  const {exitCode, stdout, stderr} = await patches(['-'], twice);
  t.is(exitCode, 1);
  t.deepEqual(parse(stdout).patches, []);
  t.regex(stderr, /^no patch can select Pod\/web: /m);
  t.regex(stderr, /^no patch can select Pod\/default\/web: /m);
  t.regex(stderr, /^no patch can select Pod\/job-: /m);
});

test('a refused stream gives no patches', async t => {
  const {exitCode, stdout, stderr} = await patches(
    ['-', '--profile', 'audit', '--block-on', 'high'],
    pod('name: web'),
  );
  t.is(exitCode, 1);
  t.is(stdout, '');
  t.regex(stderr, /refused: .*no-host-port/);
});

for (const [title, args, input, message] of [
  ['no target', [], '', /patches takes targets/],
  ['an unknown format', ['-', '--format', 'helm'], pod('name: web'), /--format must be/],
  ['a broken stream', ['-'], 'a: [', /document 1, line 1/],
  [
    'a folder below a file',
    ['-', '--output', path.join(renderedFile('unsafe'), 'x')],
    pod('name: web'),
    /the folder cannot be created|it is a file/,
  ],
  ['two destinations', ['-', '--output', 'a', '--check', 'a'], pod('name: web'), /one of the two/],
] as const) {
  test(`${title} is an error with nothing on stdout`, async t => {
    const {exitCode, stdout, stderr} = await patches(args, input);
    t.is(exitCode, 2);
    t.is(stdout, '');
    t.regex(stderr, message);
  });
}
