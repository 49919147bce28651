/**
 * What a terminal obeys, what turns the reading direction, and what nobody sees: the control and
 * format characters of Unicode, its line and paragraph separators, and all that it calls ignorable.
 */
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** `text` with every such character written as YAML's escape: names in a manifest are not trusted. */
export const safeText = (text: string): string =>
  text.replace(unseen, character => {
    const code = (character.codePointAt(0) ?? 0).toString(16);
    return code.length > 4 ? `\\U${code.padStart(8, '0')}` : `\\u${code.padStart(4, '0')}`;
  });

/** `value` as JSON, in lines, with every such character written as JSON's escape: nothing is lost. */
export const safeJson = (value: object): string =>
  `${JSON.stringify(value, undefined, 2).replace(unseen, text => (text === '\n' ? text : escapedUnits(text)))}\n`;

const escapedUnits = (text: string): string =>
  Array.from(
    {length: text.length},
    (_, index) => `\\u${text.charCodeAt(index).toString(16).padStart(4, '0')}`,
  ).join('');

/** `text`, safe, with what Markdown and HTML take for markup escaped. */
export const safeMarkdown = (text: string): string =>
  safeText(text).replace(/[\\*_{}[\]<>()#+!|~&-]/g, character => `\\${character}`);

/** The lines of `text`, each safe. */
export const safeLines = (text: string): readonly string[] =>
  text === '' ? [] : text.split(/\r?\n/).map(safeText);
