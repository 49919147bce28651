import {realpathSync, renameSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {UsageError} from '../errors.ts';

/**
 * Writes a file completely, or not at all. An existing file keeps its mode, and a link to it stays
 * a link. `what` names it in errors, for example "the report".
 *
 * @throws {UsageError} if it cannot be written
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
