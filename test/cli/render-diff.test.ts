import {execFileSync} from 'node:child_process';
import {mkdtempSync, readFileSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {stripVTControlCharacters} from 'node:util';
import test from 'ava';
import {execa} from 'execa';
import {renderedFile} from '../fixtures/charts.ts';
import {executable} from '../tools/executable.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'kube-harden-test-'));

const run = (
  args: readonly string[],
  {input = '', env = {}, cwd = folder}: {input?: string; env?: object; cwd?: string} = {},
) => execa(executable, args, {input, env: {...env}, cwd, reject: false, stripFinalNewline: false});

const unsafe = readFileSync(renderedFile('unsafe'), 'utf8');
const esc = '\u001b';

const list = (apiVersion: string, kind: string) => `apiVersion: ${apiVersion}
kind: ${kind}
items:
- apiVersion: v1
  kind: Pod
  metadata: {name: a, labels: {app: a}}
  spec: {hostNetwork: true, containers: [{name: a, image: a}]}
- {apiVersion: v1, kind: ConfigMap, metadata: {name: b}}
- apiVersion: v1
  kind: Pod
  metadata: {name: c, labels: {app: c}}
  spec:
    hostPID: true
    containers: [{name: a, image: a}]
`;

for (const [name, input, env] of [
  ['a chart', unsafe, {}],
  ['line ends of Windows', unsafe.replaceAll('\n', '\r\n'), {}],
  ['a last line without a line end', list('v1', 'List').trimEnd(), {}],
  ['JSON', '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"},"spec":{"hostPID":true}}', {}],
  [
    'a ResourceList',
    list('config.kubernetes.io/v1', 'ResourceList'),
    {KUBE_HARDEN_CALLER: 'kustomize'},
  ],
] as const) {
  test(`git makes the output of render out of the diff: ${name}`, async t => {
    const cwd = mkdtempSync(path.join(folder, 'apply-'));
    writeFileSync(path.join(cwd, 'a.yaml'), input);
    const args = ['render', 'a.yaml', '--profile=strict', '--undecided=fix'];
    const {stdout: hardened, stderr: summary} = await run(args, {env, cwd});
    const {stdout: diff, stderr, exitCode} = await run([...args, '--diff'], {env, cwd});
    t.is(exitCode, 0);
    t.is(stderr, summary);
    t.regex(diff, /^--- a\.yaml\tas rendered\n\+\+\+ a\.yaml\thardened\n@@ /);
    execFileSync('git', ['apply', '-p0', '--whitespace=nowarn', '-'], {cwd, input: diff});
    t.is(readFileSync(path.join(cwd, 'a.yaml'), 'utf8'), hardened);
    t.not(hardened, input);
  });
}

test('names the object of each change, also in a list', async t => {
  const {stdout} = await run(['--diff'], {input: list('v1', 'List')});
  const headers = stdout.split('\n').filter(line => line.startsWith('@@'));
  t.deepEqual(
    headers.slice(0, 2).map(header => header.replace(/^@@ .* @@ ?/, '')),
    ['Pod/a', 'Pod/c'],
  );
});

test('prints nothing where nothing changes', async t => {
  const {stdout, exitCode} = await run(['--diff'], {
    input: 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n',
  });
  t.deepEqual([stdout, exitCode], ['', 0]);
});

test('has colors where they are asked for, and only there', async t => {
  const colored = await run(['--diff', '--color=always'], {input: unsafe, env: {NO_COLOR: '1'}});
  t.true(colored.stdout.includes(`${esc}[31m-  externalIPs: [203.0.113.10]${esc}[0m\n`));
  t.true(colored.stdout.includes(`${esc}[32m+            allowPrivilegeEscalation: false`));
  const {stdout} = await run(['--diff'], {input: unsafe});
  t.false(stdout.includes(esc));
  t.is(stripVTControlCharacters(colored.stdout), stdout);
  const wrong = await run(['--diff', '--color=red'], {input: unsafe});
  t.deepEqual([wrong.exitCode, wrong.stdout], [2, '']);
  t.regex(wrong.stderr, /--color must be one of auto, always, never, not "red"/);
});

test('a refused stream has no diff, and its exit code', async t => {
  const {exitCode, stdout} = await run(['--diff', '--block-on=high'], {input: unsafe});
  t.deepEqual([exitCode, stdout], [1, '']);
});

test('what a reader would not see is written as an escape', async t => {
  const input =
    'apiVersion: v1\nkind: Pod\nmetadata: {name: "a\u202e"}\nspec:\n  hostPID: true # \u202e\n';
  const {stdout} = await run(['--diff', '--profile=strict'], {input});
  t.false(stdout.includes('\u202e'));
  t.true(stdout.includes('-  hostPID: true # \\u202e\n'));
});

test('never stands where Helm takes the output', async t => {
  const asPlugin = await run(['--diff'], {input: unsafe, env: {HELM_PLUGIN_NAME: 'kube-harden'}});
  // Helm 4 shows only what it cannot read.
  t.regex(
    asPlugin.stdout,
    /^--- kube-harden refused this release because: --diff prints no manif/m,
  );
});

test('never stands where Helm 3 or kustomize runs it', async t => {
  for (const name of ['helm', 'kustomize']) {
    const tool = path.join(mkdtempSync(path.join(folder, 'tool-')), name);
    symlinkSync(process.execPath, tool);
    const script = `process.exitCode = require('node:child_process').spawnSync(
      ${JSON.stringify(executable)}, ['--diff'], {stdio: 'inherit'}).status`;
    const env = {KUBE_HARDEN_CALLER: 'kustomize'};
    const result = await execa(tool, ['-e', script], {input: unsafe, env, reject: false});
    t.deepEqual([result.exitCode, result.stdout], [2, ''], name);
  }
});
