import {createHash} from 'node:crypto';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test from 'ava';
import {renderedFile} from '../fixtures/charts.ts';
import {commandsIn} from '../report/workflow-commands.ts';
import {bundle} from '../tools/executable.ts';
import {putNpm} from '../tools/programs.ts';
import {repository} from '../tools/tools.ts';
import {type ActionCall, readAction, runAction} from './composite-action.ts';
import {serveFile} from './https-server.ts';

const action = readAction(path.join(repository, 'action.yml'));

const folder = (): string => mkdtempSync(path.join(tmpdir(), 'kube-harden-action-'));

/** A checkout with one unsafe and one hardened manifest. */
function workspace(): string {
  const place = folder();
  mkdirSync(path.join(place, 'manifests'));
  cpSync(renderedFile('unsafe'), path.join(place, 'manifests/unsafe.yaml'));
  cpSync(renderedFile('hardened'), path.join(place, 'manifests/hardened.yaml'));
  return place;
}

const run = (inputs: ActionCall['inputs'] = {}, more: Partial<ActionCall> = {}) =>
  runAction(action, {inputs, workspace: workspace(), actionPath: repository, ...more});

test('no script of the action contains an expression: it would be run as code', t => {
  t.is(action.runs.using, 'composite');
  t.true(action.runs.steps.length > 0);
  for (const {run: script, shell} of action.runs.steps) {
    t.is(shell, 'bash');
    t.notRegex(script, /\$\{\{/);
  }
});

test('unsafe manifests fail the job, with annotations, SARIF and a summary', async t => {
  const place = workspace();
  const {exitCode, log, outputs, summary} = await run({}, {workspace: place});
  t.is(exitCode, 1, log);
  const commands = commandsIn(log);
  t.true(commands.length > 10);
  for (const {name, properties} of commands) {
    t.true(['error', 'warning', 'notice'].includes(name));
    t.is(properties['file'], 'manifests/unsafe.yaml');
  }
  const sarif = JSON.parse(readFileSync(outputs['audit']?.['sarif'] ?? '', 'utf8'));
  t.is(sarif.runs[0].results.length, commands.length);
  t.regex(summary, /^# kube-harden report\n/);
});

test('hardened manifests pass', async t => {
  const {exitCode, log, outputs} = await run({targets: 'manifests/hardened.yaml'});
  t.is(exitCode, 0, log);
  t.true(existsSync(outputs['audit']?.['sarif'] ?? ''));
});

test('every input reaches the audit', async t => {
  const place = workspace();
  writeFileSync(path.join(place, 'mine.yaml'), 'rules: {no-host-port: off}\n');
  const inputs = {
    targets: '\nmanifests/hardened.yaml\nmanifests/unsafe.yaml\n',
    policy: 'mine.yaml',
    profile: 'baseline,strict',
    'fail-on': 'none',
    options: '--undecided=fix\n\n--pod-security-version=v1.30',
    summary: 'false',
  };
  const {exitCode, log, outputs, summary} = await run(inputs, {workspace: place});
  t.is(exitCode, 0, log);
  t.regex(log, /^policy: mine\.yaml$/m);
  t.notRegex(log, /no-host-port/);
  t.regex(log, /read-only-root/);
  t.true(existsSync(outputs['audit']?.['sarif'] ?? ''));
  t.is(summary, '');
});

test('what cannot be checked fails the job with exit code 2', async t => {
  for (const inputs of [{targets: 'nowhere'}, {targets: '-'}, {targets: ''}, {profile: 'no'}]) {
    const {exitCode, log, outputs} = await run(inputs);
    t.is(exitCode, 2, log);
    t.is(outputs['audit']?.['sarif'], undefined);
  }
});

test('inputs are data: none is run, and no target or policy is an option', async t => {
  const place = workspace();
  const text = 'a$(touch pwned)`touch pwned`"; touch pwned; "';
  for (const name of Object.keys(action.inputs)) await run({[name]: text}, {workspace: place});
  for (const name of ['targets', 'policy', 'profile', 'fail-on', 'executable']) {
    await run({[name]: '--report-file=pwned.md'}, {workspace: place});
  }
  t.deepEqual(readdirSync(place), ['manifests']);
});

test('an option is a long one', async t => {
  for (const options of ['manifests', '-f values.yaml', '--', '--=x']) {
    const {exitCode, log} = await run({options});
    t.is(exitCode, 2, log);
    t.is(commandsIn(log)[0]?.properties['title'], 'kube-harden');
  }
});

test('an installed executable is taken', async t => {
  const place = folder();
  copyFileSync(bundle, path.join(place, 'my-harden'));
  const PATH = `${place}:${process.env['PATH']}`;
  const {exitCode, outputs} = await run(
    {executable: 'my-harden'},
    {env: {PATH}, actionPath: '/nowhere'},
  );
  t.is(exitCode, 1);
  t.is(outputs['get']?.['program'], path.join(place, 'my-harden'));
});

test('a download needs https, the right checksum, and a server that is trusted', async t => {
  const {url, certificate} = await serveFile(t, bundle);
  const sha256 = createHash('sha256').update(readFileSync(bundle)).digest('hex');
  const download = (
    inputs: Readonly<Record<string, string>>,
    env = {CURL_CA_BUNDLE: certificate},
  ) => run({targets: 'manifests/hardened.yaml', ...inputs}, {actionPath: '/nowhere', env});

  const right = await download({url, sha256});
  t.is(right.exitCode, 0, right.log);
  t.true(right.outputs['get']?.['program']?.endsWith('/kube-harden.exe'));

  const wrong: readonly (readonly [Readonly<Record<string, string>>, RegExp])[] = [
    [{url, sha256: '0'.repeat(64)}, /does not have the checksum/],
    [{url, sha256: ''}, /must be the checksum/],
    [{url: url.replace('https', 'http'), sha256}, /must be one https URL/],
    [{url: `${url} --output pwned`, sha256}, /must be one https URL/],
    [{url: `${url}/redirect`, sha256}, /could not be downloaded/],
  ];
  for (const [inputs, message] of wrong) {
    const {exitCode, log, outputs} = await download(inputs);
    t.is(exitCode, 2, log);
    t.regex(commandsIn(log).at(-1)?.data ?? '', message);
    t.is(outputs['get']?.['program'], undefined);
  }
  const untrusted = await download({url, sha256}, {CURL_CA_BUNDLE: '/dev/null'});
  t.is(untrusted.exitCode, 2, untrusted.log);
});

test('without an executable, the action builds its own version, once', async t => {
  const actionPath = folder();
  const tools = folder();
  putNpm(tools);
  const env = {PATH: `${tools}:${process.env['PATH']}`};
  const first = await run({}, {actionPath, env});
  t.is(first.exitCode, 1, first.log);
  t.deepEqual(first.log.match(/^npm .*/gm), [
    'npm ci --ignore-scripts --no-audit --no-fund',
    'npm run build',
  ]);
  t.notRegex((await run({}, {actionPath, env})).log, /^npm /m);
  writeFileSync(path.join(tools, 'npm'), '#!/bin/sh\nexit 1\n');
  const failed = await run({}, {actionPath: folder(), env});
  t.is(failed.exitCode, 2);
  t.regex(commandsIn(failed.log)[0]?.data ?? '', /could not be built/);
});
