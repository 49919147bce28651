import {celList} from '../language/cel.ts';

/** A folder as it may be written: `/var/run` leads to `/run`. */
export const spellingsOf = (folder: string): readonly string[] =>
  /^\/run(?:\/|$)/.test(folder) ? [folder, `/var${folder}`] : [folder];

/** The places that show one of `targets`: the targets, and every folder that they lie in. */
export function ancestorsOf(targets: readonly string[]): readonly string[] {
  const places = new Set(['/']);
  for (const target of targets) {
    const steps = target.split('/').slice(1);
    for (const index of steps.keys()) places.add(`/${steps.slice(0, index + 1).join('/')}`);
  }
  return [...places].sort();
}

/**
 * CEL for the place that the path `text`, CEL as well, means: absolute, without empty steps and `.`; the root
 * where `..` may lead anywhere. Of Windows' paths: in small letters, with slashes, without the drive.
 */
export function placeOf(text: string): string {
  const withoutDrive = `${text}.substring(${text}.matches('^[A-Za-z]:') ? 2 : 0)`;
  const slashed = `(${text}.matches('^([A-Za-z]:|\\\\\\\\)') ? ${withoutDrive}.replace('\\\\', '/').lowerAscii() : ${text})`;
  return `'/' + [${slashed}.split('/')].map(steps, '..' in steps ? '' : steps.filter(s, s != '' && s != '.').join('/'))[0]`;
}

/** CEL: whether a place `h` on the node shows one of `folders`, or a part of one. */
export const touchesAny = (folders: readonly string[]): string =>
  `h.place in ${celList(ancestorsOf(folders))} || ${celList(folders)}.exists(f, h.place.startsWith(f + '/'))`;
