import {mkdirSync, mkdtempSync, readFileSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test from 'ava';
import {execa} from 'execa';
import {loadFile, readLayer} from '../../src/config/load.ts';
import {policyTemplate} from '../../src/config/policy-template.ts';
import {resolvePolicy} from '../../src/config/resolve.ts';
import {commandOf} from '../tools/executable.ts';

const scratch = () => mkdtempSync(path.join(tmpdir(), 'kube-harden-init-'));
const init = (cwd: string, args: readonly string[], input = '') =>
  execa(...commandOf(['init', ...args]), {cwd, input, reject: false});

const pod = `apiVersion: v1
kind: Pod
metadata: {name: agent, namespace: shop}
spec: {hostNetwork: true, containers: [{name: a, image: calico/node:v3}]}
`;

test('a new policy is that of the default profile, and each key can be used', async t => {
  const text = policyTemplate({hasEntries: false});
  const {choices} = await readLayer('a.yaml', text);
  t.deepEqual(resolvePolicy(choices), resolvePolicy());
  const used = text.replaceAll(/^#(?=[a-zA-Z]+:| {2})/gm, '').replace(/^extends:.*/m, '');
  const all = await readLayer('a.yaml', used);
  t.deepEqual(Object.keys(all.choices).sort(), [
    ...['annotate', 'blockOn', 'exceptions', 'exposed', 'failOn', 'locked', 'networkPolicy'],
    ...['podSecurityMinor', 'profiles', 'registries', 'rules', 'strict', 'trustAnnotations'],
    ...['undecided', 'workloads'],
  ]);
  const schema = JSON.parse(readFileSync('docs/policy.schema.json', 'utf8')) as {
    readonly properties: Readonly<Record<string, unknown>>;
  };
  const missing = Object.keys(schema.properties).filter(
    key => !new RegExp(`^#?${key}:|\`${key}:`, 'm').test(text),
  );
  t.deepEqual(missing, []);
});

test('writes a policy with the decisions, its schema, and replaces neither', async t => {
  const cwd = scratch();
  writeFileSync(path.join(cwd, 'pod.yaml'), pod);
  const first = await init(cwd, [
    'pod.yaml',
    '--profile=essential,restricted',
    '--expires=2099-01-01',
  ]);
  t.is(first.exitCode, 0, first.stderr);
  t.is(first.stdout, '');
  t.regex(first.stderr, /wrote kube-harden\.yaml and kube-harden\.schema\.json/);
  const text = readFileSync(path.join(cwd, 'kube-harden.yaml'), 'utf8');
  t.regex(text, /^# yaml-language-server: \$schema=\.\/kube-harden\.schema\.json\n/);
  const {choices} = await loadFile(path.join(cwd, 'kube-harden.yaml'));
  t.deepEqual(choices.profiles, ['essential', 'restricted']);
  t.true(choices.exceptions?.some(({rules}) => rules.includes('no-root')));
  t.true(choices.exceptions?.every(({expires}) => expires === '2099-01-01'));
  const again = await init(cwd, []);
  t.is(again.exitCode, 2);
  t.regex(again.stderr, /kube-harden\.yaml: the file exists: use --force to replace it/);
  t.is(readFileSync(path.join(cwd, 'kube-harden.yaml'), 'utf8'), text);
  t.is((await init(cwd, ['--force'])).exitCode, 0);
  const schema = readFileSync(path.join(cwd, 'kube-harden.schema.json'), 'utf8');
  t.is(JSON.parse(schema).title, 'A policy of kube-harden');
});

test('extends the policy that applies, and adds nothing that it locks', async t => {
  const outer = scratch();
  const cwd = path.join(outer, 'team');
  mkdirSync(cwd);
  const locks = 'locked: [profile, exceptions.no-root]\n';
  writeFileSync(path.join(outer, 'kube-harden.yaml'), `profile: restricted\n${locks}`);
  const decide = await execa(...commandOf(['decide', '-']), {cwd, input: pod, reject: false});
  t.is(decide.exitCode, 2);
  t.regex(
    decide.stderr,
    /kube-harden\.yaml: the policy locks something for the folders below it: .*`kube-harden init`/,
  );
  const {stderr, exitCode} = await init(cwd, ['-'], pod);
  t.is(exitCode, 1, stderr);
  t.regex(stderr, /no entry may allow no-root in .*`exceptions\.no-root` is locked in /);
  const {choices, files} = await loadFile(path.join(cwd, 'kube-harden.yaml'));
  t.is(files.length, 2);
  t.deepEqual(choices.profiles, ['restricted']);
  t.false(choices.exceptions?.some(({rules}) => rules.includes('no-root')) ?? false);
});

test('what is no file is not waited for', async t => {
  for (const name of ['kube-harden.yaml', 'kube-harden.schema.json']) {
    const cwd = scratch();
    await execa('mkfifo', [path.join(cwd, name)]);
    const {exitCode, stdout, stderr} = await init(cwd, []);
    t.is(exitCode, 2);
    t.is(stdout, '');
    t.regex(stderr, new RegExp(`${name}: (?:the file exists|it is not a regular file)`));
  }
});
