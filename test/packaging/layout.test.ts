import {mkdtempSync, readFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {gunzipSync} from 'node:zlib';
import test from 'ava';
import {execa} from 'execa';
import {sha256Of} from '../../scripts/archive/sha256.ts';
import {tarOf} from '../../scripts/archive/tar.ts';
import {type ImageSettings, imageArchiveOf} from '../../scripts/image/layout.ts';

const settings: ImageSettings = {
  name: 'demo',
  version: '1.0.0',
  seconds: 1_700_000_000,
  config: {User: '65532:65532'},
  labels: {'org.opencontainers.image.title': 'demo'},
};

const imageOf = (program: string) =>
  imageArchiveOf(
    (['amd64', 'arm64'] as const).map(architecture => ({
      architecture,
      layers: [
        {entries: [{path: 'etc', isFolder: true}], createdBy: 'a base'},
        {entries: [{path: 'demo', content: `${program} ${architecture}`}], createdBy: 'a program'},
      ],
    })),
    settings,
  );

/** The unpacked archive: what a path in it contains. */
async function unpacked(archive: Uint8Array): Promise<(file: string) => Buffer> {
  const folder = mkdtempSync(path.join(tmpdir(), 'kube-harden-layout-'));
  await execa('tar', ['-x', '-C', folder], {input: archive});
  return file => readFileSync(path.join(folder, file));
}

test('real tar reads an archive', async t => {
  const archive = tarOf(
    [
      {path: 'b/program', content: '#!/bin/sh\n', mode: 0o755},
      {path: 'b', isFolder: true},
      {path: 'a', target: 'b/program'},
      {path: 'c', content: ''},
    ],
    86_400,
  );
  const options = {input: archive, env: {TZ: 'UTC', LC_ALL: 'C'}};
  const {stdout} = await execa('tar', ['-tv', '--numeric-owner', '--full-time'], options);
  t.deepEqual(
    stdout.split('\n').map(line => line.replace(/ +/g, ' ')),
    [
      'lrwxrwxrwx 0/0 0 1970-01-02 00:00:00 a -> b/program',
      'drwxr-xr-x 0/0 0 1970-01-02 00:00:00 b/',
      '-rwxr-xr-x 0/0 10 1970-01-02 00:00:00 b/program',
      '-rw-r--r-- 0/0 0 1970-01-02 00:00:00 c',
    ],
  );
});

test('what does not fit into an archive is refused', t => {
  t.throws(() => tarOf([{path: 'x'.repeat(101), content: ''}], 0), {message: /too long/});
  t.throws(() => tarOf([{path: 'x', content: ''}], 8 ** 11), {message: /too large/});
});

test('the same image is the same bytes, and another program is another image', t => {
  t.true(imageOf('x').equals(imageOf('x')));
  t.false(imageOf('x').equals(imageOf('y')));
});

test('every blob is what its name says', async t => {
  const read = await unpacked(imageOf('x'));
  const json = (file: string) => JSON.parse(read(file).toString());
  const blob = (digest: string) => `blobs/${digest.replace(':', '/')}`;
  const [index] = json('index.json').manifests;
  const images = json(blob(index.digest)).manifests;
  t.deepEqual(
    images.map((image: {platform: unknown}) => image.platform),
    [
      {architecture: 'amd64', os: 'linux'},
      {architecture: 'arm64', os: 'linux'},
    ],
  );
  for (const image of images) {
    const {config, layers} = json(blob(image.digest));
    for (const {digest, size} of [index, image, config, ...layers]) {
      t.is(`sha256:${sha256Of(read(blob(digest)))}`, digest);
      t.is(read(blob(digest)).length, size);
    }
    t.deepEqual(
      json(blob(config.digest)).rootfs.diff_ids,
      layers.map(
        (each: {digest: string}) => `sha256:${sha256Of(gunzipSync(read(blob(each.digest))))}`,
      ),
    );
  }
});

test('Docker without containerd finds the same blobs', async t => {
  const read = await unpacked(imageOf('x'));
  const images = JSON.parse(read('manifest.json').toString()) as readonly {
    readonly Config: string;
    readonly RepoTags: readonly string[];
    readonly Layers: readonly string[];
  }[];
  t.deepEqual(
    images.map(image => image.RepoTags),
    [['demo:1.0.0-amd64'], ['demo:1.0.0-arm64']],
  );
  for (const {Config, Layers} of images) {
    t.is(JSON.parse(read(Config).toString()).os, 'linux');
    t.is(Layers.length, 2);
    for (const layer of Layers) t.notThrows(() => gunzipSync(read(layer)));
  }
});
