import {chmodSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test from 'ava';
import {execa} from 'execa';
import {chartFolder, renderedFile} from '../fixtures/charts.ts';
import {commandOf, executable} from '../tools/executable.ts';

const run = (args: readonly string[], input = '') =>
  execa(executable, ['network', ...args], {input, reject: false, stripFinalNewline: false});

test('prints the graph of a stream in each format', async t => {
  for (const [format, expected] of [
    ['table', /^before\n {2}FROM +TO +PORTS +WHY\n/],
    ['markdown', /^## before\n\n\| from \| to \| ports \| why \|/],
    ['mermaid', /^flowchart LR\n {2}subgraph before\n/],
    ['dot', /^digraph network \{\n/],
    ['html', /^<!doctype html>[\s\S]*<tr id="row-/],
  ] as const) {
    const {exitCode, stdout} = await run([renderedFile('shop'), '--format', format]);
    t.is(exitCode, 0);
    t.regex(stdout, expected);
  }
});

test('reads stdin, and tells a profile that rewrites nothing from one that does', async t => {
  const pod = `kind: Pod
apiVersion: v1
metadata: {name: a, labels: {app: a}}
spec: {containers: []}
`;
  const edges = async (...more: readonly string[]) =>
    JSON.parse((await run(['-', '--format', 'json', ...more], pod)).stdout);
  const audited = await edges('--profile', 'audit');
  t.deepEqual(audited.after, audited.before);
  t.is(audited.before[0].from, 'anywhere');
  t.deepEqual(
    (await edges()).after.map(({from, to}: {from: string; to: string}) => [from, to]),
    [['Pod/a', 'anywhere']],
  );
});

test('notes go to stderr', async t => {
  const pod = `kind: Pod
apiVersion: v1
metadata: {name: a, labels: {app: a}, annotations: {kube-harden.io/rewritten: no-privileged}}
spec: {containers: []}
`;
  const {stdout, stderr} = await run(['-'], pod);
  t.regex(stderr, /^note: Pod\/a: already has a `kube-harden\.io\/` annotation/m);
  t.notRegex(stdout, /note:/);
});

test('a call that names no target is refused', async t => {
  const {exitCode, stderr, stdout} = await run([]);
  t.is(exitCode, 2);
  t.is(stdout, '');
  t.regex(stderr, /network takes targets/);
});

test('lines of a chart are those of what its template renders, as audit has them', async t => {
  const cwd = mkdtempSync(path.join(tmpdir(), 'kube-harden-test-'));
  cpSync(chartFolder('shop'), path.join(cwd, 'shop'), {recursive: true});
  writeFileSync(path.join(cwd, 'helm'), `#!/bin/sh\ncat ${renderedFile('shop')}\n`);
  chmodSync(path.join(cwd, 'helm'), 0o755);
  const places = [cwd, path.dirname(process.execPath), '/usr/bin', '/bin'];
  const env = {PATH: places.join(path.delimiter)};
  const call = async (...args: readonly string[]) =>
    (await execa(...commandOf(['network', 'shop', ...args]), {cwd, env})).stdout;
  const [place] = JSON.parse(await call('--format', 'json')).before[0].why;
  const lines = readFileSync(renderedFile('shop'), 'utf8').split('\n');
  t.is(lines[place.line - place.templateLine - 1], `# Source: ${place.template}`);
  t.true(place.isRendering);
  const table = await call();
  t.true(table.includes(`(line ${place.templateLine} of the output of ${place.template})`), table);
});

test('--compare and --diff print what changes', async t => {
  const shop = renderedFile('shop');
  const {exitCode, stdout} = await run([shop, '--compare', 'workloads,least']);
  t.is(exitCode, 0);
  t.regex(stdout, /^ {2}FROM +TO +WORKLOADS +LEAST +WHY\n/);
  t.regex(stdout, /\n\d+ cut, \d+ on other ports, \d+ opened\n$/);
  const page = await run([shop, '--compare', 'workloads,least', '--format', 'html']);
  t.regex(page.stdout, /^<!doctype html>[\s\S]*Ports: least/);
  const other = await run([shop, '--diff', renderedFile('unsafe'), '--format', 'html']);
  t.regex(other.stdout, /^<!doctype html>[\s\S]*<tr id="row-/);
  const same = await run([shop, '--diff', shop, '--format', 'json']);
  t.deepEqual(JSON.parse(same.stdout).changes, []);
});

test('--learn prints entries for a policy', async t => {
  const folder = mkdtempSync(path.join(tmpdir(), 'kube-harden-learn-'));
  const file = path.join(folder, 'flows.json');
  const flow = {
    source: {pod_name: 'mailer-abc-def'},
    destination: {pod_name: 'cart-abc-def'},
    l4: {TCP: {destination_port: 9}},
  };
  writeFileSync(file, `${JSON.stringify(flow)}\n`);
  const {exitCode, stdout, stderr} = await run([renderedFile('shop'), '--learn', file]);
  rmSync(folder, {recursive: true});
  t.is(exitCode, 0);
  t.regex(stdout, /^networkPolicy:\n {2}connections:\n {4}- from: \{workload: .*"mailer"/);
  t.regex(stderr, /1 flows: 1 to declare, 0 open already, 0 with an end that is unknown/);
});

for (const [name, args, message] of [
  ['a file that is none', ['--learn', 'package.json'], /package\.json/],
  ['a file that is not there', ['--learn', 'no-such-file'], /no-such-file/],
  ['no levels', ['--compare', 'least'], /--compare must be two levels/],
  ['two questions', ['--compare', 'least,deny', '--diff', 'x'], /cannot be given together/],
  [
    'a format for entries',
    ['--learn', 'package.json', '--format', 'json'],
    /--format cannot be given/,
  ],
  ['a graph of changes', ['--compare', 'least,deny', '--format', 'dot'], /dot/],
] as const) {
  test(`refuses ${name}`, async t => {
    const {exitCode, stdout, stderr} = await run([renderedFile('shop'), ...args]);
    t.is(exitCode, 2);
    t.is(stdout, '');
    t.regex(stderr, message);
  });
}
