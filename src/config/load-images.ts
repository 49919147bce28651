import {lstatSync, readFileSync, statSync} from 'node:fs';
import path from 'node:path';
import {UsageError} from '../errors.ts';
import type {LockedImage} from '../images/image.ts';
import {imageLockName} from '../images/lock/fields.ts';
import {type Distrusted, whyNotOurs} from './find.ts';

/** Where the lock file of images is, or would be. */
export interface ImageLockPlace {
  /** Its absolute path. */
  readonly file: string;
  /** Whether the policy names it: then it must be there. */
  readonly isNamed: boolean;
}

/**
 * The place of the lock file of images: `named` by the policy, or beside `policy`, the file that applies; without a
 * policy, in the working directory.
 */
export const imageLockPlace = (
  named: string | undefined,
  policy: string | undefined,
): ImageLockPlace =>
  named === undefined
    ? {file: path.resolve(path.dirname(policy ?? imageLockName), imageLockName), isNamed: false}
    : {file: named, isNamed: true};

/** The images of a lock file, by their whole names. */
export interface LoadedImages {
  readonly images?: ReadonlyMap<string, LockedImage>;
  /** The file, if it is ignored because it is not the user's. */
  readonly distrusted?: Distrusted;
}

/**
 * The images in the lock file at `place`; nothing if there is none.
 *
 * @throws {UsageError} if the policy names a file that is not there, or it is no lock file, with line and column
 */
export async function loadImages({file, isNamed}: ImageLockPlace): Promise<LoadedImages> {
  const name = path.relative('.', file) || file;
  if (lstatSync(file, {throwIfNoEntry: false}) === undefined) {
    if (!isNamed) return {};
    throw new UsageError(
      'the lock file of images does not exist: write it with `kube-harden images TARGET`',
      {file: name},
    );
  }
  const reason = whyNotOurs(file);
  if (reason !== undefined) return {distrusted: {file: name, reason}};
  const {readImageLock} = await import('../images/lock/read.ts');
  return {images: readImageLock(readText(file, name), name)};
}

/** The most bytes of a lock file: some 20,000 images. */
const mostBytes = 20_000_000;

/** @throws {UsageError} if it is no regular file of such a size, or cannot be read */
function readText(file: string, name: string): string {
  try {
    const stats = statSync(file);
    if (!stats.isFile()) throw new UsageError('it is not a regular file', {file: name});
    if (stats.size > mostBytes) {
      throw new UsageError(`it is longer than ${mostBytes / 1_000_000} MB`, {file: name});
    }
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const {code} = error as NodeJS.ErrnoException;
    throw new UsageError(`it cannot be read (${code})`, {file: name}, {cause: error});
  }
}
