import {type Dirent, readdirSync, realpathSync} from 'node:fs';
import path from 'node:path';
import {UsageError} from '../errors.ts';

/**
 * The first link in `folder`, as a relative path, that points outside it, or is broken, which may
 * change. Undefined if there is none, or if it is not a folder.
 */
function linkOutOf(folder: string): string | undefined {
  const root = realpathSync(folder);
  return entriesOf(root)
    .filter(entry => entry.isSymbolicLink())
    .map(({parentPath, name}) => path.join(parentPath, name))
    .filter(link => !leadsInto(root, link))
    .map(link => path.relative(root, link))
    .sort()[0];
}

/** @throws {UsageError} if a link points outside the chart folder: helm would follow it */
export function requireNoLinkOut(chart: string, name: string): void {
  const link = linkOutOf(chart);
  if (link === undefined) return;
  const message =
    'a link points outside the chart, and helm would follow it: if you trust the chart, audit the output of `helm package`';
  throw new UsageError(message, {file: path.join(name, link)});
}

function leadsInto(root: string, link: string): boolean {
  try {
    return isWithin(root, realpathSync(link));
  } catch {
    return false;
  }
}

/** Whether the absolute path `file` is `folder`, or inside it. */
export function isWithin(folder: string, file: string): boolean {
  const relative = path.relative(folder, file);
  return relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative);
}

/** Everything in `folder`, a real path; links to folders are not followed. */
function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, {recursive: true, withFileTypes: true});
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return [];
    throw error;
  }
}
