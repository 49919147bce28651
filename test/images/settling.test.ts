import {mkdirSync, mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {execa} from 'execa';
import {commandOf} from '../tools/executable.ts';

const pod = (image: string): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers: [{name: a, image: "${image}"}]\n`;

/** A folder with a policy and a manifest in places that a shell would take apart. */
function folderFor(image: string, lock?: string): string {
  const cwd = mkdtempSync(path.join(tmpdir(), 'kube-harden-settling-'));
  mkdirSync(path.join(cwd, "it's here"));
  writeFileSync(path.join(cwd, "it's here", 'a b.yaml'), pod(image));
  writeFileSync(path.join(cwd, "it's here", 'my policy.yaml'), 'profile: restricted\n');
  if (lock !== undefined) {
    writeFileSync(
      path.join(cwd, "it's here", 'kube-harden-images.yaml'),
      `apiVersion: kube-harden.io/v1alpha1\nkind: ImageLock\nimages:\n  "${image}": ${lock}\n`,
    );
  }
  return cwd;
}

const args = [
  "--config=it's here/my policy.yaml",
  '--set=a=x y',
  '--namespace=shop',
  "it's here/a b.yaml",
];
const call = async (t: ExecutionContext, cwd: string, ...words: readonly string[]) => {
  const result = await execa(...commandOf(words), {cwd, reject: false, input: ''});
  t.true(result.exitCode !== 2, result.stderr);
  return result;
};

/** The words of the command line that a shell makes of the text. */
const wordsOf = async (text: string): Promise<readonly string[]> =>
  (await execa('sh', ['-c', `printf '%s\\n' ${text}`])).stdout.split('\n');

test('an audit and decide tell the command that reads an unknown image, for their own call', async t => {
  const cwd = folderFor('127.0.0.1:9/web:1');
  const audit = await call(t, cwd, 'audit', ...args);
  const [, told = ''] = /^Next: (.*)$/m.exec(audit.stdout) ?? [];
  t.deepEqual(await wordsOf(told), ['kube-harden', 'images', ...args]);
  const decide = await call(t, cwd, 'decide', '--print', ...args);
  t.true(decide.stderr.includes(`what images say settles some of this: ${told}`), decide.stderr);
  t.regex(decide.stdout, /`kube-harden images TARGET` asks its registry/);
  // It is a call that works, as far as the registry may be asked.
  const images = await execa(...commandOf((await wordsOf(told)).slice(1)), {cwd, reject: false});
  t.regex(images.stderr, /^not read: 127\.0\.0\.1:9\/web:1: 127\.0\.0\.1:9 is not asked/m);
});

test('a named user without a number needs --passwd', async t => {
  const cwd = folderFor('127.0.0.1:9/web:1', '{read: "2026-12-01", user: web}');
  const audit = await call(t, cwd, 'audit', ...args);
  t.regex(audit.stdout, /^Next: kube-harden images --passwd /m);
  const json = await call(t, cwd, 'audit', '--format=json', ...args);
  t.regex(json.stdout, /"settledBy": "images --passwd"/);
});

test('what no registry can say is left to the user', async t => {
  const root = folderFor('127.0.0.1:9/web:1', '{read: "2026-12-01", user: "", uid: 0}');
  const audit = await call(t, root, 'audit', ...args);
  t.regex(audit.stdout, /^Next: kube-harden decide --interactive /m);
  t.notRegex((await call(t, root, 'decide', '--print', ...args)).stderr, /kube-harden images/);
});

const waits = test.macro(async (t, profile: string, hasRule: boolean) => {
  const cwd = folderFor('127.0.0.1:9/web:1');
  const words = ['render', `--profile=${profile}`, '--format=json', "it's here/a b.yaml"];
  const {stdout, stderr} = await call(t, cwd, ...words);
  t.notRegex(stdout, /runAsNonRoot/);
  const {findings} = JSON.parse(stderr) as {
    readonly findings: readonly Readonly<Record<string, unknown>>[];
  };
  const found = findings.filter(({rule, path}) => rule === 'no-root' && path !== undefined);
  t.deepEqual(
    found.map(({disposition, settledBy}) => [disposition, settledBy]),
    hasRule ? [['waits', 'images']] : [],
  );
});
test('an unknown image waits under restricted', waits, 'restricted', true);
test('an unknown image waits under strict', waits, 'strict', true);
test('no-root is not in essential', waits, 'essential', false);
