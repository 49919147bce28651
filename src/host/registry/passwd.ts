import {createReadStream} from 'node:fs';
import {open} from 'node:fs/promises';
import path from 'node:path';
import type {Readable} from 'node:stream';
import * as zlib from 'node:zlib';
import {type Descriptor, ImageError} from '../../images/manifest.ts';
import type {ImageSource} from './source.ts';
import {contentOf, filesIn} from './tar.ts';

/** The files that say the numbers of users and groups. */
const wanted = ['etc/passwd', 'etc/group'] as const;
type Wanted = (typeof wanted)[number];

/** The most bytes of a compressed layer, and of one of the two files. */
const mostOfLayer = 2_000_000_000;
const mostOfFile = 1_000_000;

/**
 * The two files of an image, from its layers: the topmost layer that has one, or has removed it, decides. Nothing else is
 * kept of them.
 *
 * @throws {ImageError} if a layer cannot be read, or one of the files is no file
 */
export async function usersIn(
  source: ImageSource,
  layers: readonly Descriptor[],
): Promise<Readonly<Record<Wanted, string>>> {
  const {dir} = await import('tmp-promise');
  const folder = await dir({prefix: 'kube-harden-', unsafeCleanup: true});
  const found = new Map<Wanted, string>();
  try {
    for (const layer of layers.toReversed()) {
      if (wanted.every(file => found.has(file))) break;
      const file = path.join(folder.path, 'layer');
      // Nothing in it is looked at before it is what its digest says.
      await source.save(layer, mostOfLayer, file);
      for (const [name, text] of await filesOf(file)) {
        if (!found.has(name)) found.set(name, text);
      }
    }
  } finally {
    await folder.cleanup();
  }
  return {'etc/passwd': found.get('etc/passwd') ?? '', 'etc/group': found.get('etc/group') ?? ''};
}

/** The files in one layer; empty where the layer has removed them. */
async function filesOf(layer: string): Promise<ReadonlyMap<Wanted, string>> {
  const texts = new Map<Wanted, string>();
  for await (const {path: name, type, body} of filesIn(await unpacked(layer))) {
    if (hidesAll.includes(name)) {
      for (const file of wanted) if (!texts.has(file)) texts.set(file, '');
    }
    for (const file of wanted) {
      if (name === file.replace('/', '/.wh.')) texts.set(file, '');
      if (name !== file) continue;
      if (type !== 'file') throw new ImageError(`/${file} in its layers is a ${type}, not a file`);
      texts.set(file, new TextDecoder().decode(await contentOf(body, mostOfFile, `/${file}`)));
    }
  }
  return texts;
}

/** The marks of the OCI image specification that a folder hides what is in lower layers. */
const hidesAll = ['etc/.wh..wh..opq', '.wh.etc', '.wh..wh..opq'];

/** The content of a layer, without the compression that its first bytes tell. */
async function unpacked(file: string): Promise<AsyncIterable<Uint8Array>> {
  const start = Buffer.alloc(4);
  const handle = await open(file);
  try {
    await handle.read(start, 0, 4, 0);
  } finally {
    await handle.close();
  }
  const bytes = createReadStream(file);
  if (start.readUInt16BE() === gzip) return bytes.pipe(zlib.createGunzip());
  if (start.readUInt32LE() !== zstd) return bytes;
  // Node 20 has no zstd.
  const {createZstdDecompress} = zlib as unknown as {
    readonly createZstdDecompress?: () => Readable & NodeJS.WritableStream;
  };
  if (createZstdDecompress !== undefined) return bytes.pipe(createZstdDecompress());
  bytes.destroy();
  throw new ImageError('its layers are compressed with zstd, which needs Node 22.15 or later');
}

/** The first bytes of RFC 1952 and RFC 8878. */
const gzip = 0x1f8b;
const zstd = 0xfd2fb528;
