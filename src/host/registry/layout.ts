import {createReadStream, statSync} from 'node:fs';
import path from 'node:path';
import {type Descriptor, ImageError, manifestIn} from '../../images/manifest.ts';
import {isDigest, nameOf, referenceOf} from '../../images/reference.ts';
import {asList, asMap, asString, type Json} from '../../json.ts';
import {readRegularFile} from '../read-file.ts';
import {requireDigest, verified} from './digest.ts';
import {saveParts} from './save.ts';
import type {ImageSource} from './source.ts';

/** A folder in the OCI image layout v1.1. */
export class LayoutSource implements ImageSource {
  readonly name: string;
  readonly hasDigests = true;
  readonly #digest: string;

  /** `digest` is that of the image in `folder`. */
  constructor(folder: string, digest: string) {
    this.name = folder;
    this.#digest = digest;
  }

  async manifest(what: string): Promise<{readonly bytes: Uint8Array; readonly digest: string}> {
    const digest = isDigest(what) ? what : this.#digest;
    const bytes = readRegularFile(this.#fileOf(digest));
    requireDigest(bytes, digest, this.name);
    return {bytes, digest};
  }

  async blob({digest, size}: Descriptor, most: number): Promise<Uint8Array> {
    requireShort(this.#fileOf(digest), Math.min(size, most));
    const bytes = readRegularFile(this.#fileOf(digest));
    requireDigest(bytes, digest, this.name);
    return bytes;
  }

  async save({digest, size}: Descriptor, most: number, file: string): Promise<void> {
    requireShort(this.#fileOf(digest), Math.min(size, most));
    await saveParts(verified(createReadStream(this.#fileOf(digest)), digest, this.name), file);
  }

  #fileOf(digest: string): string {
    const [algorithm = '', hex = ''] = digest.split(':');
    return path.join(this.name, 'blobs', algorithm, hex);
  }
}

/** @throws {ImageError} if a file is not there, or longer than `most` bytes */
function requireShort(file: string, most: number): void {
  const stats = statSync(file, {throwIfNoEntry: false});
  if (stats?.isFile() !== true) throw new ImageError(`there is no file ${file}`);
  if (stats.size > most) throw new ImageError(`${file} is longer than ${most} bytes`);
}

/** Whether a folder is in the OCI image layout. */
export const isLayout = (folder: string): boolean =>
  statSync(path.join(folder, 'oci-layout'), {throwIfNoEntry: false})?.isFile() === true;

/** The digests of the images in a folder, by their whole names, with those that have none. */
export interface LayoutImages {
  readonly named: ReadonlyMap<string, string>;
  readonly all: readonly string[];
}

/** @throws {ImageError} if `index.json` in the folder cannot be used */
export function imagesInLayout(folder: string): LayoutImages {
  const bytes = readRegularFile(path.join(folder, 'index.json'));
  const manifest = manifestIn(bytes);
  if (manifest.is !== 'index') throw new ImageError(`index.json in ${folder} is no index`);
  const named = new Map<string, string>();
  const list: Json = JSON.parse(new TextDecoder().decode(bytes));
  for (const [index, item] of asList(asMap(list)?.['manifests']).entries()) {
    const annotations = asMap(asMap(item)?.['annotations']);
    const digest = manifest.images[index]?.digest ?? '';
    // The first is containerd's; the other one may be a tag alone, which names no image.
    for (const key of ['io.containerd.image.name', 'org.opencontainers.image.ref.name']) {
      const text = asString(annotations?.[key]) ?? '';
      if (/[/:]/.test(text)) named.set(nameOf(referenceOf(text)), digest);
    }
  }
  return {named, all: manifest.images.map(({digest}) => digest)};
}
