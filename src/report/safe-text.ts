/**
 * `text` with every character that a terminal obeys or that turns the reading direction written
 * as an escape: names in a manifest are not trusted.
 */
export const safeText = (text: string): string =>
  text.replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is escaped.
    /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
    character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** `text`, safe, with what Markdown and HTML take for markup escaped. */
export const safeMarkdown = (text: string): string =>
  safeText(text).replace(/[\\*_{}[\]<>()#+!|~&-]/g, character => `\\${character}`);

/** The lines of `text`, each safe. */
export const safeLines = (text: string): readonly string[] =>
  text === '' ? [] : text.split(/\r?\n/).map(safeText);
