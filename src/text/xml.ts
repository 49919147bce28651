import {safeText} from './safe-text.ts';

/** An element of XML: its name, its attributes, and the elements or the text in it. */
export interface Element {
  readonly name: string;
  /** Those that are undefined are left out. */
  readonly attributes?: Readonly<Record<string, string | number | undefined>>;
  readonly content?: readonly Element[] | string;
}

/** A document of XML 1.0 with one element, indented. Names are our own; attributes and texts may be anything. */
export const xmlDocument = (root: Element): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n${linesOf(root, '').join('\n')}\n`;

function linesOf({name, attributes = {}, content = []}: Element, indent: string): string[] {
  const pairs = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${escaped(`${value}`)}"`);
  const head = `${indent}<${name}${pairs.join('')}`;
  if (content.length === 0) return [`${head}/>`];
  if (typeof content === 'string') {
    return [`${head}>${content.split('\n').map(escaped).join('\n')}</${name}>`];
  }
  const lines = [`${head}>`];
  for (const element of content) {
    for (const line of linesOf(element, `${indent}  `)) lines.push(line);
  }
  return [...lines, `${indent}</${name}>`];
}

/** What nobody sees is written as in every report; two characters that XML 1.0 cannot contain are replaced (2.2). */
const escaped = (text: string): string =>
  safeText(text)
    .replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`)
    .replace(/[\ufffe\uffff]/g, '\ufffd');
