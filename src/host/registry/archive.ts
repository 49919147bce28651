import {closeSync, createReadStream, openSync, readSync} from 'node:fs';
import {createGunzip} from 'node:zlib';
import {type Descriptor, ImageError} from '../../images/manifest.ts';
import {nameOf, referenceOf} from '../../images/reference.ts';
import {asList, asMap, asString, type Json} from '../../json.ts';
import {sha256Of} from './digest.ts';
import {saveParts} from './save.ts';
import type {ImageSource} from './source.ts';
import {contentOf, filesIn} from './tar.ts';

/** An image in an archive of `docker save`. */
interface SavedImage {
  /** The names of its files in the archive. */
  readonly config: string;
  readonly layers: readonly string[];
  readonly names: readonly string[];
}

/** The most bytes of a list of images or a configuration in an archive. */
const mostOfJson = 8_000_000;

/**
 * An image in an archive of `docker save`. It has no manifest of a registry, so it has no digest that a registry would
 * know: one is made here, of the names of its files.
 */
export class ArchiveSource implements ImageSource {
  readonly name: string;
  readonly hasDigests = false;
  readonly #image: SavedImage;

  constructor(file: string, image: SavedImage) {
    this.name = file;
    this.#image = image;
  }

  async manifest(): Promise<{readonly bytes: Uint8Array; readonly digest: string}> {
    const [config, ...layers] = [this.#image.config, ...this.#image.layers].map(name => ({
      mediaType: 'application/vnd.docker.container.image.v1+json',
      digest: sha256Of(Buffer.from(name)),
      size: 0,
    }));
    const bytes = Buffer.from(JSON.stringify({schemaVersion: 2, config, layers}));
    return {bytes, digest: sha256Of(bytes)};
  }

  async blob({digest}: Descriptor, most: number): Promise<Uint8Array> {
    const name = this.#fileOf(digest);
    for await (const {path, body} of filesIn(openArchive(this.name))) {
      if (path === name) return contentOf(body, most, `${name} in ${this.name}`);
    }
    throw new ImageError(`there is no file ${name} in ${this.name}`);
  }

  async save({digest}: Descriptor, _: number, file: string): Promise<void> {
    const name = this.#fileOf(digest);
    for await (const {path, body} of filesIn(openArchive(this.name))) {
      if (path === name) return saveParts(body, file);
    }
    throw new ImageError(`there is no file ${name} in ${this.name}`);
  }

  #fileOf(digest: string): string {
    const {config, layers} = this.#image;
    return [config, ...layers].find(name => sha256Of(Buffer.from(name)) === digest) ?? '';
  }
}

/** The images in the archive `file`. @throws {ImageError} if it is none of `docker save` */
export async function imagesInArchive(file: string): Promise<readonly SavedImage[]> {
  for await (const {path, body} of filesIn(openArchive(file))) {
    if (path !== 'manifest.json') continue;
    const bytes = await contentOf(body, mostOfJson, `manifest.json in ${file}`);
    return savedImages(bytes, file);
  }
  throw new ImageError(`${file} is no archive of \`docker save\`: it has no manifest.json`);
}

function savedImages(bytes: Uint8Array, file: string): readonly SavedImage[] {
  let list: Json;
  try {
    list = JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw new ImageError(`manifest.json in ${file} is no JSON`, {cause: error});
  }
  return asList(list).flatMap(item => {
    const image = asMap(item);
    const config = asString(image?.['Config']);
    if (config === undefined) return [];
    const texts = (key: string) => asList(image?.[key]).flatMap(each => asString(each) ?? []);
    return [
      {
        config,
        layers: texts('Layers'),
        names: texts('RepoTags').map(name => nameOf(referenceOf(name))),
      },
    ];
  });
}

/** The bytes of a tar archive, which may be compressed with gzip. */
function openArchive(file: string): AsyncIterable<Uint8Array> {
  const start = Buffer.alloc(2);
  const descriptor = openSync(file, 'r');
  try {
    readSync(descriptor, start);
  } finally {
    closeSync(descriptor);
  }
  const bytes = createReadStream(file);
  return start[0] === 0x1f && start[1] === 0x8b ? bytes.pipe(createGunzip()) : bytes;
}
