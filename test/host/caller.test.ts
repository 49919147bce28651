import {chmodSync, mkdtempSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test from 'ava';
import {execa} from 'execa';
import {type Caller, callerAmong} from '../../src/host/caller.ts';
import {commandOf, isStandalone} from '../tools/executable.ts';

const calls = test.macro(
  (t, ancestors: readonly string[], said: string | undefined, expected: Caller) => {
    t.is(callerAmong(ancestors, said), expected);
  },
);

test('kustomize', calls, ['kustomize', 'bash'], undefined, 'kustomize');
test('kpt', calls, ['kpt', 'make', 'bash'], undefined, 'kustomize');
test('Helm 3', calls, ['helm', 'bash'], undefined, 'helm');
test('a binary of another name', calls, ['helm3'], undefined, 'helm');
test("a script that is Helm's post-renderer", calls, ['sh', 'helm', 'bash'], undefined, 'helm');
test(
  'a kustomize that a post-renderer runs',
  calls,
  ['kustomize', 'sh', 'helm'],
  undefined,
  'kustomize',
);
test('Helm that a kustomize runs', calls, ['helm', 'kustomize'], undefined, 'helm');
test(
  'a script of kustomize’s, that may pipe anything',
  calls,
  ['sh', 'kustomize'],
  undefined,
  'other',
);
test('a script whose user says so', calls, ['sh', 'kustomize'], 'kustomize', 'kustomize');
test('nothing said of Helm', calls, ['sh', 'helm'], 'kustomize', 'helm');
test('a container, where nothing can be seen', calls, [], undefined, 'other');
test('a container whose user says so', calls, [], 'kpt', 'kustomize');
test('a shell', calls, ['bash'], '', 'other');
test('a name that only ends like one', calls, ['not-kustomize', 'myhelm'], undefined, 'other');

test('a word that is no caller', t => {
  t.throws(() => callerAmong([], 'pipe'), {message: /KUBE_HARDEN_CALLER must be "kustomize" or/});
});

/** A program of that name, which runs kube-harden with its own stdin. */
function program(name: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'kube-harden-caller-'));
  const script = path.join(folder, 'run.cjs');
  const [file, args] = commandOf([]);
  writeFileSync(
    script,
    `const [program, ...args] = process.argv.slice(2);
process.exitCode = require('node:child_process').spawnSync(program, args, {stdio: 'inherit', argv0: 'node'}).status ?? 1;`,
  );
  const node = path.join(folder, name);
  symlinkSync(process.execPath, node);
  const runner = path.join(folder, 'runner');
  writeFileSync(
    runner,
    `#!/bin/sh\nexec '${node}' '${script}' '${[file, ...args].join("' '")}' "$@"\n`,
  );
  chmodSync(runner, 0o755);
  return runner;
}

const loose = `apiVersion: config.kubernetes.io/v1
kind: ResourceList
items: []
functionConfig:
  apiVersion: kube-harden.io/v1alpha1
  kind: Harden
  spec: {profile: audit}
`;

for (const [name, exitCode] of [
  ['kustomize', 0],
  ['kpt', 0],
  ['helm', 2],
  ['other', 2],
] as const) {
  test(`a functionConfig counts where the process that calls is ${name}: ${exitCode === 0}`, async t => {
    const result = await execa(program(name), [], {input: loose, reject: false});
    t.is(result.exitCode, exitCode, result.stderr);
    t.is(result.stdout === '', exitCode !== 0);
  });
}

/** Runs a command where `/proc` is empty, which some systems do not allow. */
const withoutProc = (command: string): readonly string[] => [
  '-rm',
  'sh',
  '-c',
  `mount -t tmpfs none /proc && exec '${command}'`,
];

for (const name of ['kustomize', 'helm'] as const) {
  test(`without /proc, ${name} is as unknown as a pipe`, async t => {
    const allowed = await execa('unshare', withoutProc('true'), {reject: false});
    if (allowed.exitCode !== 0) {
      t.log('SKIPPED: this system does not allow `unshare -rm`');
      t.pass();
      return;
    }
    const result = await execa('unshare', withoutProc(program(name)), {
      input: loose,
      reject: false,
    });
    t.is(result.stdout, '');
    if (isStandalone) {
      t.is(result.exitCode, 1, 'Bun itself ends without /proc, before it runs anything');
      return;
    }
    t.is(result.exitCode, 2, result.stderr);
    t.regex(result.stderr, /may only make your policy stricter/);
  });
}
