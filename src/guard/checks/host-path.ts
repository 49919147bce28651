import {celList} from '../language/cel.ts';

/** The ways to write a folder: `/var/run` leads to `/run`. */
export const spellingsOf = (folder: string): readonly string[] =>
  /^\/run(?:\/|$)/.test(folder) ? [folder, `/var${folder}`] : [folder];

/** The paths that expose one of `targets`: the targets and all their parent folders. */
export function ancestorsOf(targets: readonly string[]): readonly string[] {
  const places = new Set(['/']);
  for (const target of targets) {
    const steps = target.split('/').slice(1);
    for (const index of steps.keys()) places.add(`/${steps.slice(0, index + 1).join('/')}`);
  }
  return [...places].sort();
}

/**
 * CEL for the place that the path `text` (also CEL) points to: absolute, without empty steps and
 * `.`; the root if `..` may lead anywhere. Windows paths are in lower case, with slashes, without
 * the drive.
 */
export function placeOf(text: string): string {
  const withoutDrive = `${text}.substring(${text}.matches('^[A-Za-z]:') ? 2 : 0)`;
  const slashed = `(${text}.matches('^([A-Za-z]:|\\\\\\\\)') ? ${withoutDrive}.replace('\\\\', '/').lowerAscii() : ${text})`;
  return `'/' + [${slashed}.split('/')].map(steps, '..' in steps ? '' : steps.filter(s, s != '' && s != '.').join('/'))[0]`;
}

/** CEL: whether a place `h` on the node exposes one of `folders`, or a part of one. */
export const touchesAny = (folders: readonly string[]): string =>
  `h.place in ${celList(ancestorsOf(folders))} || ${celList(folders)}.exists(f, h.place.startsWith(f + '/'))`;
