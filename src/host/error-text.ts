import type {Place, UsageError} from '../errors.ts';
import {safeLines, safeText} from '../text/safe-text.ts';

/** The message of an error after its place; without the file if that is `known`. */
export function textOfError({message, place}: UsageError, known?: string): string {
  const {file, ...rest} = place;
  return `${placeText(file === known ? rest : place)}${message}`;
}

/** An error as it is printed to stderr. */
export const errorLines = (text: string): string =>
  `kube-harden: ${safeLines(text).join('\n  | ')}\n`;

function placeText({file, document, line, column}: Place): string {
  const parts = [
    file === undefined ? undefined : safeText(file),
    document === undefined ? undefined : `document ${document}`,
    line === undefined ? undefined : `line ${line}`,
    column === undefined ? undefined : `column ${column}`,
  ].filter(part => part !== undefined);
  return parts.length === 0 ? '' : `${parts.join(', ')}: `;
}
