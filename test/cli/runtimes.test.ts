import {mkdirSync, mkdtempSync, readdirSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import type {ExecutionContext} from 'ava';
import {execa} from 'execa';
import {buns, deno, nameOf, nodes, pathOf} from '../../scripts/runtimes.ts';
import {renderedFile} from '../fixtures/charts.ts';
import {bundle, hostExecutable} from '../tools/executable.ts';
import {testWithExecutable, testWithRuntime} from '../tools/with-tools.ts';

const cwd = mkdtempSync(path.join(tmpdir(), 'kube-harden-runtimes-'));
writeFileSync(path.join(cwd, 'kube-harden.yaml'), 'profile: strict\n');

/** Some of them load packages lazily, and one fails. */
const calls: readonly (readonly string[])[] = [
  [],
  ['audit', '-'],
  ['network', '-', '--format', 'json'],
  ['explain', 'no-host-port'],
  ['guard'],
  ['--nope'],
];

type Command = readonly [program: string, args: readonly string[]];

const runsTheSame = async (t: ExecutionContext, [program, before]: Command) => {
  const options = {cwd, inputFile: renderedFile('unsafe'), reject: false} as const;
  for (const args of calls) {
    const here = await execa(process.execPath, [bundle, ...args], options);
    const there = await execa(program, [...before, ...args], options);
    t.is(there.stderr, here.stderr);
    t.is(there.stdout, here.stdout);
    t.is(there.exitCode, here.exitCode);
  }
};

for (const runtime of [...nodes, buns['linux-x64'], deno]) {
  const before = runtime === deno ? ['run', '--allow-all'] : [];
  testWithRuntime(runtime)(`the bundle runs the same under ${nameOf(runtime)}`, t =>
    runsTheSame(t, [pathOf(runtime), [...before, bundle]]),
  );
}

testWithExecutable('the executable runs the same', t => runsTheSame(t, [hostExecutable, []]));

testWithExecutable('the executable runs nothing that lies in the working directory', async t => {
  const folder = mkdtempSync(path.join(tmpdir(), 'kube-harden-bait-'));
  const mark = path.join(folder, 'mark');
  mkdirSync(mark);
  const code = `require('node:fs').writeFileSync(${JSON.stringify(path.join(mark, 'a'))}, '')`;
  writeFileSync(path.join(folder, 'evil.js'), code);
  writeFileSync(path.join(folder, 'bunfig.toml'), 'preload = ["./evil.js"]\n');
  writeFileSync(
    path.join(folder, '.env'),
    'BUN_OPTIONS="--preload ./evil.js"\nKUBE_HARDEN_CALLER=no\n',
  );
  writeFileSync(path.join(folder, 'package.json'), '{"imports": {"#a": "./evil.js"}}');
  const {stderr, exitCode} = await execa(hostExecutable, [], {
    cwd: folder,
    input: '',
    env: {HOME: folder},
  });
  t.is(exitCode, 0);
  t.regex(stderr, /^0 documents/);
  t.deepEqual(readdirSync(mark), []);
});

testWithExecutable(
  'the executable reads more than Bun reports as the limit of its heap',
  async t => {
    const comment = `# ${','.repeat(98)}\n`.repeat(85_000);
    const object = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}';
    const {stdout} = await execa(hostExecutable, [], {input: `${comment}${object}\n`});
    t.is(stdout.length, comment.length + object.length);
  },
);

testWithExecutable('the executable knows that Helm 4 runs it as a plugin', async t => {
  const call = {input: 'kind: [', reject: false} as const;
  const HELM_PLUGIN_NAME = 'kube-harden';
  const ours = {HELM_PLUGIN_NAME, HELM_PLUGIN_DIR: path.dirname(hostExecutable)};
  const refused = await execa(hostExecutable, [], {...call, env: ours});
  t.regex(refused.stdout, /^kind: X\n--- kube-harden refused this release/);
  const other = {HELM_PLUGIN_NAME, HELM_PLUGIN_DIR: cwd};
  t.is((await execa(hostExecutable, [], {...call, env: other})).stdout, '');
});
