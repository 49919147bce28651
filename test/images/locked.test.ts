import {mkdirSync, mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {execa} from 'execa';
import {commandOf} from '../tools/executable.ts';

/** Hardens a pod in the folder of a team, below the policy of an organisation. */
async function hardened(t: ExecutionContext, organisation: string, team: string) {
  const folder = mkdtempSync(path.join(tmpdir(), 'kube-harden-locked-'));
  const cwd = path.join(folder, 'team');
  mkdirSync(cwd);
  const lock = (user: number) =>
    `apiVersion: kube-harden.io/v1alpha1\nkind: ImageLock\nimages:\n  docker.io/library/web:1: {read: "2026-12-01", user: "${user}", uid: ${user}}\n`;
  writeFileSync(path.join(folder, 'organisation.yaml'), `profile: restricted\n${organisation}`);
  writeFileSync(path.join(folder, 'images.yaml'), lock(0));
  writeFileSync(path.join(cwd, 'kube-harden-images.yaml'), lock(7));
  writeFileSync(path.join(cwd, 'other.yaml'), lock(8));
  writeFileSync(path.join(cwd, 'kube-harden.yaml'), `extends: ../organisation.yaml\n${team}`);
  const input =
    'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: "web:1"}]}\n';
  const result = await execa(...commandOf(['render']), {cwd, input, reject: false});
  t.is(result.exitCode, result.stdout === '' ? 2 : 0, result.stderr);
  return result;
}

test('the lock file of images that an organisation locks counts, and no other', async t => {
  const locked = 'images: images.yaml\nlocked: [images]\n';
  const {stdout, stderr} = await hardened(t, locked, '');
  t.regex(stderr, /^images: \.\.\/images\.yaml$/m);
  t.notRegex(stdout, /runAsNonRoot: true/);
  const other = await hardened(t, locked, 'images: other.yaml\n');
  t.regex(
    other.stderr,
    /kube-harden\.yaml, line 2, .*must not name another lock file: `images` is locked in/,
  );
});

test('a team may name its own lock file of images where none is locked', async t => {
  const {stdout, stderr} = await hardened(t, 'images: images.yaml\n', 'images: other.yaml\n');
  t.regex(stderr, /^images: other\.yaml$/m);
  t.regex(stdout, /runAsNonRoot: true/);
});
