import {createHash} from 'node:crypto';
import {writeFileSync} from 'node:fs';
import * as zlib from 'node:zlib';
import test, {type ExecutionContext} from 'ava';
import {gzipOf} from '../../scripts/archive/gzip.ts';
import {type TarEntry, tarOf} from '../../scripts/archive/tar.ts';
import {usersIn} from '../../src/host/registry/passwd.ts';
import type {ImageSource} from '../../src/host/registry/source.ts';
import {ImageError} from '../../src/images/manifest.ts';

const digestOf = (bytes: Uint8Array): string =>
  `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** What the layers, from the lowest up, say about users, and which of them were read. */
async function usersOf(layers: readonly Uint8Array[]) {
  const read: number[] = [];
  const unused = () => Promise.reject(new Error('only layers are read'));
  const source: ImageSource = {
    name: 'a',
    hasDigests: true,
    manifest: unused,
    blob: unused,
    save: async ({digest}, _, file) => {
      const at = layers.findIndex(layer => digestOf(layer) === digest);
      read.push(at);
      writeFileSync(file, layers[at] ?? '');
    },
  };
  const descriptors = layers.map(layer => ({
    mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
    digest: digestOf(layer),
    size: layer.length,
  }));
  return {...(await usersIn(source, descriptors)), read};
}

const layer = (...entries: readonly TarEntry[]): Uint8Array => gzipOf(tarOf(entries, 0));
const file = (path: string, content = ''): TarEntry => ({path, content});
const passwd = (content: string): TarEntry => file('etc/passwd', content);
const group = (content: string): TarEntry => file('etc/group', content);

const finds = test.macro(
  async (
    t: ExecutionContext,
    layers: readonly (readonly TarEntry[])[],
    expected: readonly [passwd: string, group: string],
    read: readonly number[],
  ) => {
    const found = await usersOf(layers.map(each => layer(...each)));
    t.deepEqual([found['etc/passwd'], found['etc/group']], [...expected]);
    t.deepEqual(found.read, [...read]);
  },
);

test(
  'the topmost layer decides, and no lower one is read',
  finds,
  [
    [passwd('low'), group('low')],
    [passwd('high'), group('high')],
  ],
  ['high', 'high'],
  [1],
);
test(
  'each file has its own topmost layer',
  finds,
  [[passwd('low'), group('low')], [file('a', 'x')], [passwd('high')]],
  ['high', 'low'],
  [2, 1, 0],
);
test(
  'a removed file is not that of a lower layer',
  finds,
  [[passwd('low'), group('low')], [file('etc/.wh.passwd')]],
  ['', 'low'],
  [1, 0],
);
test(
  'a removed file that is there again',
  finds,
  [[passwd('low'), group('g')], [file('etc/.wh.passwd')], [passwd('high')]],
  ['high', 'g'],
  [2, 1, 0],
);
test(
  'a folder that hides what is below',
  finds,
  [
    [passwd('low'), group('low')],
    [file('etc/.wh..wh..opq'), passwd('high')],
  ],
  ['high', ''],
  [1],
);
test(
  'a folder that hides what is below, after its files',
  finds,
  [
    [passwd('low'), group('low')],
    [passwd('high'), file('etc/.wh..wh..opq')],
  ],
  ['high', ''],
  [1],
);
test('a removed folder', finds, [[passwd('low'), group('low')], [file('.wh.etc')]], ['', ''], [1]);
test(
  'a root that hides everything',
  finds,
  [
    [passwd('low'), group('low')],
    [file('.wh..wh..opq'), group('high')],
  ],
  ['', 'high'],
  [1],
);
test(
  'a path that begins with a dot',
  finds,
  [[file('./etc/passwd', 'a'), file('/etc/group', 'b')]],
  ['a', 'b'],
  [0],
);
test(
  'other files of a similar name',
  finds,
  [
    [
      file('opt/etc/passwd', 'a'),
      file('etc/passwd-', 'b'),
      file('etc/passwd/a', 'c'),
      file('etc/../etc/passwd', 'd'),
    ],
  ],
  ['', ''],
  [0],
);

test('a file that is a link, or far too long', async t => {
  const linked = usersOf([layer({path: 'etc/passwd', target: '/proc/self/environ'})]);
  await t.throwsAsync(linked, {instanceOf: ImageError, message: /is a symlink, not a file/});
  const long = usersOf([layer(passwd('a'.repeat(1_000_001)))]);
  await t.throwsAsync(long, {instanceOf: ImageError, message: /longer than 1000000 bytes/});
});

/** A frame of RFC 8878 that holds `bytes` as they are, in one block. */
function zstdOf(bytes: Uint8Array): Uint8Array {
  const head = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xa0, 0, 0, 0, 0, 0, 0, 0]);
  head.writeUInt32LE(bytes.length, 5);
  head.writeUIntLE(1 + bytes.length * 8, 9, 3);
  return Buffer.concat([head, bytes]);
}

test('a layer without compression, and one compressed with zstd', async t => {
  const bytes = tarOf([passwd('a'), group('b')], 0);
  t.is((await usersOf([bytes]))['etc/passwd'], 'a');
  const zstd = usersOf([zstdOf(bytes)]);
  if ('createZstdDecompress' in zlib) {
    t.is((await zstd)['etc/group'], 'b');
    return;
  }
  const message = 'its layers are compressed with zstd, which needs Node 22.15 or later';
  await t.throwsAsync(zstd, {instanceOf: ImageError, message});
});

test('a layer that is no archive, or a broken one', async t => {
  const whole = layer(passwd('a'.repeat(5000)));
  for (const bytes of [Buffer.from('no archive'), whole.subarray(0, whole.length / 2)]) {
    await t.throwsAsync(usersOf([bytes]), {
      instanceOf: ImageError,
      message: /it is no tar archive/,
    });
  }
});
