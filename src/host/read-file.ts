import {readFileSync, statSync} from 'node:fs';
import {UsageError} from '../errors.ts';
import {mostBytes, tooLong} from './input-size.ts';
import {use} from './walk.ts';

/**
 * The content of a file that somebody else may have written: a file of a few bytes on disk may have
 * many gigabytes of holes.
 *
 * @throws {UsageError} if it cannot be read, or is longer than any string
 */
export function readFile(file: string): Uint8Array {
  if (use(file, () => statSync(file)).size > mostBytes) throw tooLong(file);
  return use(file, () => readFileSync(file));
}

/**
 * As `readFile`, for a place where only a file makes sense: a pipe or a device may never end.
 *
 * @throws {UsageError} if it is anything else
 */
export function readRegularFile(file: string): Uint8Array {
  if (!use(file, () => statSync(file)).isFile()) {
    throw new UsageError('it is not a regular file', {file});
  }
  return readFile(file);
}
