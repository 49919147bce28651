import {realpathSync, renameSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {UsageError} from '../errors.ts';

/**
 * Writes a file: the whole of it, or nothing. One that is there keeps its mode, and a link to it
 * stays a link. `what` it is, such as "the report", an error says.
 *
 * @throws {UsageError} where it cannot be written
 */
export function replaceFile(file: string, text: string, what: string): void {
  let draft: string | undefined;
  try {
    const stats = statSync(file, {throwIfNoEntry: false});
    const place = stats === undefined ? file : realpathSync(file);
    draft = `${place}.${process.pid}.tmp`;
    writeFileSync(draft, text, {flag: 'wx', ...(stats === undefined ? {} : {mode: stats.mode})});
    renameSync(draft, place);
  } catch (error) {
    if (draft !== undefined) rmSync(draft, {force: true});
    throw new UsageError(`${what} cannot be written: ${String(error)}`, {file}, {cause: error});
  }
}
