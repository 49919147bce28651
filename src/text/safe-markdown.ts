import {safeText} from './safe-text.ts';

/**
 * `text`, safe, as Markdown that shows it and does nothing else. No escape keeps a forge from linking
 * `@name`, `#1` or an address, since it looks for them in what Markdown has made of the text; but not in
 * code. So each word that could be anything but a word becomes code. What stands between backticks is
 * code already. May stand in a cell of a table.
 */
export const safeMarkdown = (text: string): string =>
  merged(piecesOf(safeText(text)))
    .map(written)
    .join('');

interface Piece {
  readonly text: string;
  readonly isCode: boolean;
}

function piecesOf(text: string): readonly Piece[] {
  const parts = text.split('`');
  // A backtick without a partner, and two with nothing between them, are characters like others.
  const isCode = (at: number) => at % 2 === 1 && at < parts.length - 1 && parts[at] !== '';
  return parts.flatMap((part, at) => {
    if (isCode(at)) return apartFromPipes(part).map(each => ({text: each, isCode: each !== '|'}));
    const opens = at > 0 && !isCode(at) && !isCode(at - 1) ? '`' : '';
    return `${opens}${part}`
      .split(/( +)/)
      .filter(word => word !== '')
      .flatMap(wordPieces);
  });
}

const wordPieces = (word: string): readonly Piece[] =>
  apartFromPipes(word).map(text => ({text, isCode: text !== '|' && !isPlain(text)}));

/** A pipe ends a cell, in code as well, unless a backslash stands before it; code knows no other escape. */
const apartFromPipes = (text: string): readonly string[] =>
  text.split(/(\|)/).filter(part => part !== '');

/** Whether `word` is nothing to Markdown, to HTML and to a forge. */
const isPlain = (word: string): boolean =>
  /^[\p{L}\p{M}\p{N} .,;:'"’“”…()[\]{}/=+_-]*$/u.test(word) && !active.test(word);

/** Addresses, emoji, GitHub's and Jira's names for issues, names of commits. */
const active = /:\/\/|www\.|:[\w+-]+:|[A-Z]-\d|[\da-f]{7}/i;

/** Neighbours that are code become one: two would end each other. */
function merged(pieces: readonly Piece[]): readonly Piece[] {
  const result: Piece[] = [];
  for (const piece of pieces) {
    const last = result.at(-1);
    if (last?.isCode === true && piece.isCode) {
      result[result.length - 1] = {text: last.text + piece.text, isCode: true};
    } else result.push(piece);
  }
  return result;
}

function written({text, isCode}: Piece): string {
  if (!isCode) return text.replace(/[_|[\]{}]/g, character => `\\${character}`);
  const runs = text.match(/`+/g) ?? [];
  const longest = runs.reduce((most, run) => Math.max(most, run.length), 0);
  const fence = '`'.repeat(longest + 1);
  const pad = /^`|`$|^ .* $/.test(text) ? ' ' : '';
  return `${fence}${pad}${text}${pad}${fence}`;
}
