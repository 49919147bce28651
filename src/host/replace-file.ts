import {realpathSync, renameSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {UsageError} from '../errors.ts';

/**
 * Writes a file completely, or not at all. An existing file keeps its mode, and a link to it stays
 * a link. `what` names it in errors, for example "the report".
 *
 * @throws {UsageError} if it cannot be written, or is a pipe, a device or a folder
 */
export function replaceFile(file: string, text: string, what: string): void {
  let draft: string | undefined;
  try {
    const stats = statSync(file, {throwIfNoEntry: false});
    if (stats?.isFile() === false) throw new Error('it is not a regular file');
    const place = stats === undefined ? file : realpathSync(file);
    draft = `${place}.${process.pid}.tmp`;
    writeFileSync(draft, text, {flag: 'wx', ...(stats === undefined ? {} : {mode: stats.mode})});
    renameSync(draft, place);
  } catch (error) {
    if (draft !== undefined) rmSync(draft, {force: true});
    const isAbsent = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const message = error instanceof Error ? error.message : String(error);
    const reason = isAbsent ? 'the folder does not exist' : message;
    throw new UsageError(`${what} cannot be written: ${reason}`, {file}, {cause: error});
  }
}
