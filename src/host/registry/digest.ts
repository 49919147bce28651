import {createHash} from 'node:crypto';
import {ImageError} from '../../images/manifest.ts';

/** The SHA-256 digest of `bytes`. */
export const sha256Of = (bytes: Uint8Array): string =>
  `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** @throws {ImageError} if `bytes` are not what `digest` says */
export function requireDigest(bytes: Uint8Array, digest: string, source: string): void {
  const [algorithm = ''] = digest.split(':');
  const found = `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`;
  if (found !== digest) throw lie(digest, source);
}

/**
 * `parts`, one after the other.
 *
 * @throws {ImageError} at the end, if together they are not what `digest` says
 */
export async function* verified(
  parts: AsyncIterable<Uint8Array>,
  digest: string,
  source: string,
): AsyncGenerator<Uint8Array> {
  const [algorithm = '', expected] = digest.split(':');
  const hash = createHash(algorithm);
  for await (const part of parts) {
    hash.update(part);
    yield part;
  }
  if (hash.digest('hex') !== expected) throw lie(digest, source);
}

const lie = (digest: string, source: string): ImageError =>
  new ImageError(`${source} sends something else than ${digest.slice(0, 19)}…: do not use it`);
