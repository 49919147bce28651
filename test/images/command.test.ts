import {existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import type {ExecutionContext} from 'ava';
import {execa} from 'execa';
import {gzipOf} from '../../scripts/archive/gzip.ts';
import {type TarEntry, tarOf} from '../../scripts/archive/tar.ts';
import {commandOf} from '../tools/executable.ts';
import {toolPath} from '../tools/tools.ts';
import {testWithTools} from '../tools/with-tools.ts';

const test = testWithTools('crane');

/** A real registry on loopback, which the test stops. */
async function registry(t: ExecutionContext): Promise<string> {
  const child = execa(toolPath('crane'), ['registry', 'serve', '--address', '127.0.0.1:0'], {
    reject: false,
    all: true,
  });
  t.teardown(() => child.kill());
  return new Promise((resolve, reject) => {
    let said = '';
    child.all?.on('data', part => {
      said += part;
      const port = /(?:serving on port|127\.0\.0\.1:) ?(\d+)/.exec(said)?.[1];
      if (port !== undefined) resolve(`127.0.0.1:${port}`);
    });
    child.then(() => reject(new Error(said)), reject);
  });
}

const crane = async (...args: readonly string[]): Promise<string> =>
  (await execa(toolPath('crane'), args)).stdout.trim();

const folderFor = (): string => mkdtempSync(path.join(tmpdir(), 'kube-harden-images-'));

/** Pushes an image with such layers. */
async function push(
  name: string,
  layers: readonly (readonly TarEntry[])[],
  ...config: readonly string[]
): Promise<void> {
  const cwd = folderFor();
  const files = layers.flatMap((entries, index) => {
    const file = path.join(cwd, `${index}.tar.gz`);
    writeFileSync(file, gzipOf(tarOf(entries, 0)));
    return ['-f', file];
  });
  await crane('append', ...files, '-t', name);
  await crane('mutate', name, '-t', name, '--set-platform', 'linux/amd64', ...config);
}

const call = (cwd: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  execa(...commandOf(args), {cwd, env, reject: false, stripFinalNewline: false, input: ''});

const passwd = (text: string): TarEntry => ({path: 'etc/passwd', content: text});
const group = (text: string): TarEntry => ({path: 'etc/group', content: text});

/** A Deployment that runs such images, each in its own container. */
const deployment = (...images: readonly string[]): string => `apiVersion: apps/v1
kind: Deployment
metadata: {name: shop}
spec:
  selector: {matchLabels: {app: shop}}
  template:
    metadata: {labels: {app: shop}}
    spec:
      containers:
${images.map((image, at) => `        - {name: c${at}, image: "${image}"}\n`).join('')}`;

test('what images say is read, written, used, and checked', async t => {
  const host = await registry(t);
  const base = [[passwd('root:x:0:0::/:\nweb:x:999:998::/:\n'), group('web:x:998:\n')]];
  await push(`${host}/named:1`, base, '-u', 'web', '--exposed-ports', '80/tcp');
  await push(`${host}/grouped:1`, base, '-u', 'web:web');
  await push(`${host}/number:1`, base, '-u', '1001', '-l', 'org.opencontainers.image.licenses=MIT');
  await push(`${host}/root:1`, base);
  await push(`${host}/removed:1`, [...base, [{path: 'etc/.wh.passwd', content: ''}]], '-u', 'web');
  await push(
    `${host}/linked:1`,
    [[{path: 'etc/passwd', target: '/proc/self/environ'}]],
    '-u',
    'web',
  );
  const cwd = folderFor();
  const names = ['named', 'grouped', 'number', 'root', 'removed'].map(name => `${host}/${name}:1`);
  writeFileSync(path.join(cwd, 'a.yaml'), deployment(...names));
  const options = ['--insecure-registry', host];
  const lock = path.join(cwd, 'kube-harden-images.yaml');

  const plain = await call(cwd, ['images', 'a.yaml', ...options]);
  t.is(plain.exitCode, 0, plain.stderr);
  t.is(plain.stdout, '');
  const before = readFileSync(lock, 'utf8');
  t.regex(
    before,
    /number:1":\n {4}digest: sha256:.*\n {4}read: "\d{4}-\d\d-\d\d"\n {4}user: "1001"\n {4}uid: 1001\n {4}labels:\n {6}licenses: MIT\n {4}platforms:\n/,
  );
  t.regex(before, /named:1":\n.*\n.*\n {4}user: web\n {4}ports: \["80\/tcp"\]\n/);
  t.regex(plain.stderr, /^3 of them name a user without its number: --passwd looks it up$/m);
  const again = await call(cwd, ['images', ...options]);
  t.is(again.exitCode, 0, again.stderr);
  t.is(readFileSync(lock, 'utf8'), before);

  const waiting = await call(cwd, ['render', 'a.yaml', '--profile=restricted', '--no-annotate']);
  t.is(waiting.stdout.match(/runAsNonRoot: true/g)?.length, 1, waiting.stdout);
  const numbers = await call(cwd, ['images', 'a.yaml', '--passwd', ...options]);
  t.is(numbers.exitCode, 0, numbers.stderr);
  t.deepEqual(numbers.stderr.match(/^no number: .*$/gm), [
    `no number: ${host}/removed:1: its layers do not say which number "web" has; if you know it, add \`uid\` (and \`gid\` for a group) to the lock file`,
  ]);
  const rendered = await call(cwd, ['render', 'a.yaml', '--profile=restricted', '--no-annotate']);
  t.is(rendered.stdout.match(/runAsNonRoot: true/g)?.length, 3, rendered.stdout);
  t.is(rendered.stdout.match(/runAsUser: 999/g)?.length, 2);
  t.is(rendered.stdout.match(/runAsGroup: 998/g)?.length, 1);
  t.regex(rendered.stderr, /^images: kube-harden-images\.yaml$/m);

  t.is((await call(cwd, ['images', 'a.yaml', '--check', ...options])).exitCode, 0);
  const known = readFileSync(lock, 'utf8');
  await push(`${host}/number:1`, base, '-u', '0');
  const moved = await call(cwd, ['images', '--check', ...options]);
  t.is(moved.exitCode, 1);
  t.regex(moved.stderr, /^moved: 127\.0\.0\.1:\d+\/number:1 from sha256:\w+ to sha256:\w+$/m);
  t.is(readFileSync(lock, 'utf8'), known);

  writeFileSync(
    path.join(cwd, 'b.yaml'),
    deployment(`${host}/linked:1`, `${host}/absent:1`, names[0] ?? ''),
  );
  const failing = await call(cwd, ['images', 'b.yaml', '--passwd', ...options]);
  t.is(failing.exitCode, 2);
  t.regex(failing.stderr, /^not read: \S+\/absent:1: 127\.0\.0\.1:\d+ has no such image$/m);
  t.regex(
    failing.stderr,
    /^not read: \S+\/linked:1: \/etc\/passwd in its layers is a symlink, not a file$/m,
  );
  t.true(readFileSync(lock, 'utf8').includes('root:1":\n'));

  const kept = readFileSync(lock, 'utf8');
  writeFileSync(path.join(cwd, 'd.yaml'), deployment(`${host}/absent:1`, '10.0.0.5/a:1'));
  for (const output of [[], ['-o', 'other.yaml'], ['--print']]) {
    const nothing = await call(cwd, ['images', 'd.yaml', ...options, ...output]);
    t.is(nothing.exitCode, 2);
    t.is(nothing.stdout, '');
    t.regex(nothing.stderr, /^nothing was read, so nothing is written$/m);
    t.regex(nothing.stderr, /^not read: 10\.0\.0\.5\/a:1: 10\.0\.0\.5 is not asked/m);
  }
  t.is(readFileSync(lock, 'utf8'), kept);
  t.false(existsSync(path.join(cwd, 'other.yaml')));
  const pinned = await call(cwd, ['render', 'a.yaml', '--profile=strict', '--no-annotate']);
  t.regex(pinned.stdout, /named:1@sha256:/);
  writeFileSync(path.join(cwd, 'c.yaml'), pinned.stdout);
  const same = readFileSync(lock, 'utf8');
  t.is((await call(cwd, ['images', 'c.yaml', '--check', ...options])).exitCode, 1);
  t.is(readFileSync(lock, 'utf8'), same);
});

test('an index of two platforms, from a folder in the OCI layout and from an archive', async t => {
  const host = await registry(t);
  await push(`${host}/amd:1`, [[]], '-u', '7', '--set-platform', 'linux/amd64');
  await push(`${host}/arm:1`, [[]], '-u', '8', '--set-platform', 'linux/arm64');
  await crane(
    'index',
    'append',
    '-m',
    `${host}/amd:1`,
    '-m',
    `${host}/arm:1`,
    '-t',
    `${host}/both:1`,
  );
  const digest = await crane('digest', `${host}/both:1`);
  const cwd = folderFor();
  await crane('pull', '--format=oci', `${host}/both:1`, path.join(cwd, 'layout'));
  await crane('pull', `${host}/amd:1`, path.join(cwd, 'amd.tar'));
  writeFileSync(path.join(cwd, 'a.yaml'), deployment(`${host}/both:1`, `${host}/amd:1`));
  const offline = ['--from', `${host}/both:1=layout`, '--from', 'amd.tar', '--print'];
  const {stdout, stderr, exitCode} = await call(cwd, ['images', 'a.yaml', ...offline]);
  t.is(exitCode, 0, stderr);
  t.true(stdout.includes(`both:1":\n    digest: ${digest}\n`), stdout);
  t.regex(
    stdout,
    /user: "7"\n {4}uid: 7\n {4}platforms:\n {6}linux\/amd64: sha256:\w+\n {6}linux\/arm64:\n {8}digest: sha256:\w+\n {8}user: "8"\n {8}uid: 8\n/,
  );
  t.regex(stdout, /amd:1":\n {4}read: .*\n {4}user: "7"\n {4}uid: 7\n/);
  t.false(existsSync(path.join(cwd, 'kube-harden-images.yaml')));
  for (const [from, message] of [
    ['absent', /absent: --from: it does not exist/],
    ['a.yaml', /a\.yaml: --from: it is no (?:tar )?archive/],
    ['.', /it is no OCI layout/],
    ['layout', /no image in it has its whole name: use --from IMAGE=FOLDER/],
  ] as const) {
    const refused = await call(cwd, ['images', 'a.yaml', '--from', from]);
    t.is(refused.exitCode, 2);
    t.regex(refused.stderr, message);
  }
});

test('a lock file in a chart is neither written nor read', async t => {
  const cwd = folderFor();
  writeFileSync(path.join(cwd, 'Chart.yaml'), 'apiVersion: v2\nname: a\nversion: 1.0.0\n');
  mkdirSync(path.join(cwd, 'templates'));
  writeFileSync(path.join(cwd, 'templates/a.yaml'), deployment('example.com/a:1'));
  const written = await call(cwd, ['images', 'templates/a.yaml']);
  t.is(written.exitCode, 2);
  t.regex(written.stderr, /a lock file inside a chart is ignored/);
  writeFileSync(
    path.join(cwd, 'kube-harden-images.yaml'),
    'apiVersion: kube-harden.io/v1alpha1\nkind: ImageLock\nimages:\n  example.com/a:1: {read: "2026-12-01", user: "5", uid: 5}\n',
  );
  const rendered = await call(cwd, ['render', 'templates/a.yaml', '--profile=restricted']);
  t.is(rendered.exitCode, 0, rendered.stderr);
  t.notRegex(rendered.stdout, /runAsNonRoot/);
  t.regex(rendered.stderr, /^ignored, because it is inside a chart: kube-harden-images\.yaml$/m);
  writeFileSync(path.join(cwd, 'kube-harden.yaml'), 'images: kube-harden-images.yaml\n');
  const named = await call(cwd, ['render', 'templates/a.yaml', '--config', 'kube-harden.yaml']);
  t.is(named.exitCode, 2);
  t.regex(
    named.stderr,
    /`images` must not name kube-harden-images\.yaml, because it is inside a chart/,
  );
});

test('cosign says whether an image is signed, and the lock file keeps it', async t => {
  const host = await registry(t);
  await push(`${host}/good:1`, [[]], '-u', '5');
  await push(`${host}/bad:1`, [[]], '-u', '6');
  const cwd = folderFor();
  const bin = folderFor();
  writeFileSync(
    path.join(bin, 'cosign'),
    '#!/bin/sh\necho "$@" >> "$0.log"\ncase "$*" in *good@*) exit 0;; esac\necho "Error: no signatures found" >&2\nexit 1\n',
    {mode: 0o755},
  );
  writeFileSync(path.join(cwd, 'a.yaml'), deployment(`${host}/good:1`, `${host}/bad:1`));
  const env = {PATH: `${bin}${path.delimiter}${process.env['PATH']}`};
  const args = ['images', 'a.yaml', '--insecure-registry', host, '--verify'];
  t.is((await call(cwd, args, env)).exitCode, 2);
  const {exitCode, stderr} = await call(cwd, [...args, '--cosign-key=k.pub'], env);
  t.is(exitCode, 1, stderr);
  t.regex(stderr, /^not verified: \S+\/bad:1: cosign says: Error: no signatures found$/m);
  const lock = readFileSync(path.join(cwd, 'kube-harden-images.yaml'), 'utf8');
  t.regex(
    lock,
    /good:1":\n(?: {4}.*\n)* {4}verified:\n {6}digest: sha256:\w+\n {6}by: "key k\.pub"\n/,
  );
  t.is(lock.match(/verified:/g)?.length, 1);
  t.regex(
    readFileSync(path.join(bin, 'cosign.log'), 'utf8'),
    /^verify --output=json --key=k\.pub -- \S+\/good@sha256:\w{64}$/m,
  );
});
