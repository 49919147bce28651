/** However it ends, a failure never looks like success. */
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {text} from 'node:stream/consumers';
import {setTimeout} from 'node:timers/promises';
import test from 'ava';
import {execa} from 'execa';
import {commandWithLittleMemory, executable, preloading} from '../tools/executable.ts';
import {repository} from '../tools/tools.ts';

const cwd = mkdtempSync(path.join(tmpdir(), 'kube-harden-test-'));

const run = (args: readonly string[], input = '', env: Record<string, string> = {}) =>
  execa(executable, args, {input, env, cwd, reject: false, stripFinalNewline: false});

const unsafe = `apiVersion: v1
kind: Pod
metadata: {name: a, labels: {app: a}}
spec:
  hostNetwork: true
  containers: [{name: a, image: a}]
`;
const many = Array.from({length: 20_000}, () => unsafe).join('---\n');
const blocking = ['--profile', 'audit', '--block-on', 'high'];
const helm4 = {HELM_PLUGIN_NAME: 'kube-harden'};

const file = (name: string, content: string) => {
  writeFileSync(path.join(cwd, name), content);
  return name;
};

for (const [title, args, input] of [
  ['unreadable input', [], 'kind: ['],
  ['an unknown option', ['--nope'], unsafe],
  ['an unknown verb', ['nope'], unsafe],
  ['an unknown profile', ['--profile', 'nope'], unsafe],
  ['a missing policy', ['--config', 'nope.yaml'], unsafe],
  ['a mistaken policy', ['--config', file('bad.yaml', 'profle: strict\n')], unsafe],
  ['a report file that cannot be written', ['--report-file', 'no/folder.json'], unsafe],
  ['a remaining finding', blocking, unsafe],
] as const) {
  test(`Helm 4 cannot take it for a release: ${title}`, async t => {
    const refused = await run(args, input, helm4);
    t.regex(refused.stdout, /^kind: X\n--- kube-harden refused this release because: .+\n$/);
    const elsewhere = await run(args, input);
    t.is(elsewhere.stdout, '');
    t.true(elsewhere.exitCode === 1 || elsewhere.exitCode === 2);
  });
}

test('a device as stdin is read, though it might have been a terminal', async t => {
  const {exitCode, stdout, stderr} = await execa(executable, {cwd, stdin: 'ignore'});
  t.is(exitCode, 0);
  t.is(stdout, '');
  t.regex(stderr, /^0 documents/);
});

test('within another plugin a refusal is an exit code: Helm 3 shows why', async t => {
  const inOther = {HELM_PLUGIN_NAME: 'secrets', HELM_PLUGIN_DIR: cwd};
  const {exitCode, stdout, stderr} = await run(blocking, unsafe, inOther);
  t.is(exitCode, 1);
  t.is(stdout, '');
  t.regex(stderr, /refused: /);
  const inOurs = {HELM_PLUGIN_NAME: 'renamed', HELM_PLUGIN_DIR: repository};
  t.regex((await run(blocking, unsafe, inOurs)).stdout, /^kind: X\n--- kube-harden refused/);
});

test('a refusal of `helm harden` is an exit code', async t => {
  const env = {HELM_PLUGIN_NAME: 'harden', HELM_PLUGIN_DIR: repository};
  const {exitCode, stdout, stderr} = await run(blocking, unsafe, env);
  t.is(exitCode, 1);
  t.is(stdout, '');
  t.regex(stderr, /refused: /);
  const elsewhere = await run(blocking, unsafe, {...env, HELM_PLUGIN_DIR: cwd});
  t.is(elsewhere.stdout, '');
});

test('what no error handler sees ends in a failure and an empty stdout', async t => {
  const script = `const {on} = process;
process.on = (...args) => {
  process.on = on;
  process.nextTick(() => { throw new Error("boom\\u001b[2J"); });
  return process.on(...args);
};
`;
  const env = preloading(`./${file('crash.cjs', script)}`);
  const {exitCode, stdout, stderr} = await run([], unsafe, env);
  t.is(exitCode, 2);
  t.is(stdout, '');
  t.regex(stderr, /internal error: Error: boom\\u001b\[2J/);
  const underHelm4 = await run([], unsafe, {...env, ...helm4});
  t.regex(underHelm4.stdout, /^kind: X\n--- kube-harden refused this release because: internal/);
});

test('out of memory is a failure with an empty stdout', async t => {
  for (const env of [{}, helm4]) {
    const {exitCode, signal, stdout} = await execa(...commandWithLittleMemory, {
      cwd,
      env,
      input: many,
      reject: false,
    });
    t.true(signal !== undefined || exitCode !== 0);
    t.is(stdout, '');
  }
});

test('killed while it works, it is a failure with an empty stdout', async t => {
  const child = spawn(executable, [], {cwd, stdio: ['pipe', 'pipe', 'ignore']});
  child.stdin.on('error', () => {});
  child.stdin.write(unsafe);
  const printed = text(child.stdout);
  await setTimeout(300);
  child.kill('SIGKILL');
  t.deepEqual(await once(child, 'exit'), [null, 'SIGKILL']);
  t.is(await printed, '');
});

test('a stdout that is closed early is a failure, and said so', async t => {
  const child = spawn(executable, [], {cwd, stdio: 'pipe'});
  const said = text(child.stderr);
  child.stdout.once('data', () => child.stdout.destroy());
  child.stdin.end(many);
  t.deepEqual(await once(child, 'exit'), [2, null]);
  t.regex(await said, /kube-harden: stdout was closed before everything was written/);
});

for (const call of [['guard'], ['rules'], ['explain', 'no-host-port'], ['help']]) {
  test(`${call.join(' ')}: a reader that has seen enough is no error`, async t => {
    const child = spawn(executable, call, {cwd, stdio: 'pipe'});
    const said = text(child.stderr);
    child.stdout.destroy();
    child.stdin.end();
    t.deepEqual(await once(child, 'exit'), [0, null]);
    t.notRegex(await said, /EPIPE|closed/);
  });
}

test('a stderr that nobody reads spoils nothing', async t => {
  const child = spawn(executable, [], {cwd, stdio: 'pipe'});
  child.stderr.destroy();
  const printed = text(child.stdout);
  child.stdin.end(unsafe);
  t.deepEqual(await once(child, 'exit'), [0, null]);
  t.regex(await printed, /kind: NetworkPolicy/);
});

test('outside of render a failure is an exit code, whatever the environment', async t => {
  const {exitCode, stdout} = await run(['audit', 'nope.yaml'], '', helm4);
  t.is(exitCode, 2);
  t.is(stdout, '');
});

test('the report of a refused stream says so', async t => {
  for (const [ending, expected] of [
    ['json', /"refused": true/],
    ['md', /\*\*The stream was refused\*\*: no-host-network in Pod\/a/],
    ['txt', /the stream was refused: no-host-network in Pod\/a/],
  ] as const) {
    const {exitCode} = await run([...blocking, '--report-file', `refused.${ending}`], unsafe);
    t.is(exitCode, 1);
    t.regex(readFileSync(path.join(cwd, `refused.${ending}`), 'utf8'), expected);
  }
  await run(['--report-file', 'done.json'], unsafe);
  t.regex(readFileSync(path.join(cwd, 'done.json'), 'utf8'), /"refused": false/);
});

test('the report file is whole or as it was', async t => {
  const folder = mkdtempSync(path.join(cwd, 'report-'));
  writeFileSync(path.join(folder, 'kept.json'), 'as it was');
  await run(['--report-file', path.join(folder, 'kept.json')], 'kind: [');
  t.is(readFileSync(path.join(folder, 'kept.json'), 'utf8'), 'as it was');
  await run(['--report-file', path.join(folder, 'kept.json')], unsafe);
  t.is(JSON.parse(readFileSync(path.join(folder, 'kept.json'), 'utf8')).schemaVersion, 1);
  t.deepEqual(readdirSync(folder), ['kept.json']);
});

test('an ending that names no format is an error before anything is read', async t => {
  const {exitCode, stderr} = await run(['--report-file', 'a.jsn'], 'kind: [');
  t.is(exitCode, 2);
  t.regex(
    stderr,
    /--report must be FORMAT=FILE, or a file whose ending is one of .*, not "a\.jsn"/,
  );
});
