/**
 * Characters that control a terminal, change the reading direction or are invisible: the control
 * and format characters of Unicode, its line and paragraph separators, non-ASCII spaces, and all
 * ignorable characters.
 */
const unseen =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]|(?! )\p{Zs}/gu;

/**
 * The beginning of a command to a CI system that reads the log, anywhere in a line: `##[` of GitHub
 * and Azure, `##vso[` of Azure, `##teamcity[` of TeamCity. Commands that count only at the start of
 * a line, such as `::error`, are never there: see `safeLines`.
 */
const command = /#(?=#\w*\[)/g;

/**
 * `text` with every such character written as a YAML escape: names in a manifest are not trusted.
 */
export const safeText = (text: string): string =>
  text.replace(unseen, escaped).replace(command, escaped);

function escaped(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16);
  return code.length > 4 ? `\\U${code.padStart(8, '0')}` : `\\u${code.padStart(4, '0')}`;
}

/**
 * `value` as indented JSON, with every such character written as a JSON escape: nothing is lost.
 */
export const safeJson = (value: object): string =>
  `${JSON.stringify(value, undefined, 2)
    .replace(unseen, text => (text === '\n' ? text : escapedUnits(text)))
    .replace(command, escapedUnits)}\n`;

const escapedUnits = (text: string): string =>
  Array.from(
    {length: text.length},
    (_, index) => `\\u${text.charCodeAt(index).toString(16).padStart(4, '0')}`,
  ).join('');

/** The lines of `text`, each safe, to be printed after a word of our own. */
export const safeLines = (text: string): readonly string[] =>
  text === '' ? [] : text.split(/\r?\n/).map(safeText);
