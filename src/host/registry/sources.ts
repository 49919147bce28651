import {statSync} from 'node:fs';
import {UsageError} from '../../errors.ts';
import {isBelow, type Mirrors, mirrored} from '../../images/book.ts';
import {ImageError} from '../../images/manifest.ts';
import {nameOf, referenceOf, repositoryOf, whyInvalid} from '../../images/reference.ts';
import {ArchiveSource, imagesInArchive} from './archive.ts';
import type {TokenHosts} from './authorization.ts';
import type {CredentialStore} from './credentials.ts';
import {isInside} from './inside.ts';
import {imagesInLayout, isLayout, LayoutSource} from './layout.ts';
import {RegistrySource} from './registry.ts';
import type {ImageSource} from './source.ts';

/** Where images are read. */
export interface Places {
  /** Folders and archives, by the whole names of the images in them. */
  readonly local: ReadonlyMap<string, ImageSource>;
  readonly mirrors: Mirrors;
  /** The registries that may be asked, or folders of them; undefined for any. */
  readonly allowed: readonly string[] | undefined;
  readonly credentials: CredentialStore;
  readonly hosts: TokenHosts;
}

/**
 * Where the image with the whole name `name` is read. Manifests that others wrote name images, so no host inside the
 * user's network is asked unless the user has named it, and no registry that the policy does not allow.
 *
 * @throws {ImageError} if no registry can have it, or the registry must not be asked
 */
export function sourceOf(name: string, places: Places): ImageSource {
  const {local, mirrors, allowed, credentials, hosts} = places;
  const found = local.get(name);
  if (found !== undefined) return found;
  const reference = referenceOf(name);
  const reason = whyInvalid(reference);
  if (reason !== undefined) throw new ImageError(`it names no image: ${reason}`);
  const place = mirrored(reference, mirrors) ?? reference;
  const {registry, path} = place;
  if (allowed !== undefined && !allowed.some(each => isBelow(repositoryOf(place), each))) {
    throw new ImageError(
      `${registry} is not asked: it is none of the registries that the policy allows`,
    );
  }
  if (isInside(new URL(`https://${registry}`).hostname) && !hosts.reach.named.has(registry)) {
    throw new ImageError(
      `${registry} is not asked: it is an address inside your network; if it is your registry, run \`docker login ${registry}\`, or list it under \`registries\` in the policy`,
    );
  }
  return new RegistrySource(registry, path, credentials, hosts);
}

/**
 * The images in folders and archives. Each text is a path, or an image, `=` and the path of a folder with that one
 * image.
 *
 * @throws {UsageError} if one cannot be read
 */
export async function localSources(
  texts: readonly string[],
): Promise<ReadonlyMap<string, ImageSource>> {
  const found = new Map<string, ImageSource>();
  for (const text of texts) {
    const [, name, path = text] = /^([^=]+)=(.+)$/s.exec(text) ?? [];
    try {
      for (const [each, source] of await sourcesIn(path, name)) found.set(each, source);
    } catch (error) {
      if (error instanceof UsageError) throw error;
      const {code, message} = error as NodeJS.ErrnoException;
      const reason = code === 'ENOENT' ? 'it does not exist' : message;
      throw new UsageError(`--from: ${reason}`, {file: path}, {cause: error});
    }
  }
  return found;
}

async function sourcesIn(
  path: string,
  name: string | undefined,
): Promise<readonly (readonly [string, ImageSource])[]> {
  const whole = name === undefined ? undefined : nameOf(referenceOf(name));
  if (!statSync(path).isDirectory()) {
    const images = await imagesInArchive(path);
    return images.flatMap(image =>
      (whole === undefined ? image.names : [whole]).map(
        each => [each, new ArchiveSource(path, image)] as const,
      ),
    );
  }
  if (!isLayout(path))
    throw new UsageError('--from: it is no OCI layout: it has no file oci-layout', {file: path});
  const {named, all} = imagesInLayout(path);
  if (whole === undefined) {
    if (named.size === 0) {
      throw new UsageError('--from: no image in it has its whole name: use --from IMAGE=FOLDER', {
        file: path,
      });
    }
    return [...named].map(([each, digest]) => [each, new LayoutSource(path, digest)] as const);
  }
  const [only, more] = all;
  const digest = named.get(whole) ?? (more === undefined ? only : undefined);
  if (digest === undefined)
    throw new UsageError(`--from: it has no image "${whole}"`, {file: path});
  return [[whole, new LayoutSource(path, digest)]];
}
