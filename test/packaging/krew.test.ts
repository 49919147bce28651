import {chmodSync, existsSync, mkdirSync, mkdtempSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test from 'ava';
import {execa} from 'execa';
import {sha256Of} from '../../scripts/archive/sha256.ts';
import {targets} from '../../scripts/executable-path.ts';
import {archiveName, archiveOf} from '../../scripts/release/archives.ts';
import {krewFile, krewManifest} from '../../scripts/release/krew.ts';
import {baseUrl} from '../../scripts/release/url.ts';
import {toolPath} from '../tools/tools.ts';
import {testWithTools} from '../tools/with-tools.ts';

const scratch = () => mkdtempSync(path.join(tmpdir(), 'kube-harden-krew-'));

/** The archives with a small program, by their names. */
const archives = new Map(
  targets.map(target => {
    const program = `#!/bin/sh\necho "${target}: $*"\n`;
    const documents = {LICENSE: 'Apache License\n', 'completions/_kube-harden': '#compdef\n'};
    return [
      archiveName(target),
      archiveOf(target, Buffer.from(program), documents, 86_400),
    ] as const;
  }),
);

const sums = new Map([...archives].map(([name, archive]) => [name, sha256Of(archive)]));

test('an archive is the same each time, and real programs unpack it', async t => {
  const folder = scratch();
  for (const target of ['linux-x64', 'windows-x64'] as const) {
    const name = archiveName(target);
    const archive = archives.get(name) ?? Buffer.of();
    const again = archiveOf(
      target,
      Buffer.from(`#!/bin/sh\necho "${target}: $*"\n`),
      {'completions/_kube-harden': '#compdef\n', LICENSE: 'Apache License\n'},
      86_400,
    );
    t.true(again.equals(archive));
    writeFileSync(path.join(folder, name), archive);
  }
  const tar = await execa('tar', ['-tzf', archiveName('linux-x64')], {cwd: folder});
  t.deepEqual(tar.stdout.split('\n'), ['LICENSE', 'completions/_kube-harden', 'kube-harden']);
  const zip = [
    '-c',
    'import sys, zipfile; [print(i.filename, oct(i.external_attr >> 16), i.date_time[0]) for i in zipfile.ZipFile(sys.argv[1]).infolist()]',
  ];
  const {stdout} = await execa('python3', [...zip, archiveName('windows-x64')], {cwd: folder});
  t.deepEqual(stdout.split('\n'), [
    'LICENSE 0o100644 1980',
    'completions/_kube-harden 0o100644 1980',
    'kube-harden.exe 0o100755 1980',
  ]);
});

test('the address of the archives must be one', t => {
  t.is(baseUrl('https://example.com/v1/'), 'https://example.com/v1');
  for (const value of [undefined, '', 'example.com/v1', 'file:///tmp']) {
    t.throws(() => baseUrl(value), {message: /^--url must be the address/});
  }
});

test('a manifest needs all archives', t => {
  const options = {url: 'https://example.com', source: undefined, sums: new Map()};
  t.throws(() => krewManifest(options), {
    message: /kube-harden-.*-linux-x64.tar.gz has not been built/,
  });
});

/** A folder with a `kubectl` that runs krew as its plugin. */
function kubectlWithKrew(): string {
  const bin = scratch();
  const file = path.join(bin, 'kubectl');
  writeFileSync(file, `#!/bin/sh\nshift\nexec '${toolPath('krew')}' "$@"\n`);
  chmodSync(file, 0o755);
  return bin;
}

/** Serves the archives on this machine while `use` runs. */
async function withServer(use: (url: string) => Promise<void>): Promise<void> {
  const server = createServer((request, response) => {
    const archive = archives.get(path.basename(request.url ?? ''));
    response.writeHead(archive === undefined ? 404 : 200).end(archive);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  try {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`);
  } finally {
    server.close();
  }
}

testWithTools('krew', 'validate-krew-manifest')(
  "krew's own validation accepts the manifest, and installs every platform",
  async t => {
    await withServer(async url => {
      const manifest = path.join(scratch(), krewFile);
      const source = 'https://example.com/kube-harden';
      writeFileSync(manifest, krewManifest({url, source, sums}));
      const env = {PATH: `${kubectlWithKrew()}:${process.env['PATH']}`};
      const args = ['-manifest', manifest];
      const {all, exitCode} = await execa(toolPath('validate-krew-manifest'), args, {
        env,
        all: true,
        reject: false,
      });
      t.is(exitCode, 0, all);
      t.regex(all, /all 5 spec\.platforms installed fine/);
    });
  },
);

/** An index of krew: a git repository with the manifest. */
async function indexWith(manifest: string): Promise<string> {
  const cwd = scratch();
  mkdirSync(path.join(cwd, 'plugins'));
  writeFileSync(path.join(cwd, 'plugins', krewFile), manifest);
  const author = ['-c', 'user.name=test', '-c', 'user.email=test@example.com'];
  await execa('git', ['init', '--quiet'], {cwd});
  await execa('git', ['add', '.'], {cwd});
  await execa('git', [...author, 'commit', '--quiet', '--message', 'index'], {cwd});
  return cwd;
}

testWithTools('krew')('krew installs, runs and removes `kubectl harden`', async t => {
  await withServer(async url => {
    const root = scratch();
    const env = {KREW_ROOT: root, KREW_OS: 'linux', KREW_ARCH: 'amd64', KREW_NO_UPGRADE_CHECK: '1'};
    const krew = (...args: readonly string[]) => execa(toolPath('krew'), args, {env});
    await krew(
      'index',
      'add',
      'default',
      await indexWith(krewManifest({url, source: undefined, sums})),
    );
    await krew('install', 'harden');
    const plugin = path.join(root, 'bin/kubectl-harden');
    t.is((await execa(plugin, ['audit', '-'])).stdout, 'linux-x64: audit -');
    await krew('uninstall', 'harden');
    t.false(existsSync(plugin));
  });
});

testWithTools('krew')('krew refuses an archive that is another', async t => {
  await withServer(async url => {
    const manifest = path.join(scratch(), krewFile);
    const wrong = new Map([...sums].map(([name]) => [name, sha256Of('another')]));
    writeFileSync(manifest, krewManifest({url, source: undefined, sums: wrong}));
    const env = {KREW_ROOT: scratch(), KREW_OS: 'linux', KREW_ARCH: 'amd64'};
    const args = ['install', '--manifest', manifest];
    const {exitCode, stderr} = await execa(toolPath('krew'), args, {env, reject: false});
    t.not(exitCode, 0);
    t.regex(stderr, /checksum/);
  });
});
