import {readFileSync, statSync} from 'node:fs';
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
