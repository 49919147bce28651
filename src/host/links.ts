import {type Dirent, readdirSync, realpathSync} from 'node:fs';
import path from 'node:path';

/**
 * The first link in `folder`, as a relative path, that points outside it, or is broken, which may
 * change. Undefined if there is none, or if it is not a folder.
 */
export function linkOutOf(folder: string): string | undefined {
  const root = realpathSync(folder);
  return entriesOf(root)
    .filter(entry => entry.isSymbolicLink())
    .map(({parentPath, name}) => path.join(parentPath, name))
    .filter(link => !leadsInto(root, link))
    .map(link => path.relative(root, link))
    .sort()[0];
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
