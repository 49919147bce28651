import {safeText} from './safe-text.ts';

/**
 * `text` as safe Markdown that only shows it. Escapes do not keep a forge from linking `@name`,
 * `#1` or a URL, because it searches the rendered text, but not code. So each word that could be
 * more than a word becomes code. Text between backticks is code already. The result can be used in
 * a table cell.
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
  // A single backtick, and two with nothing between them, are normal characters.
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

/**
 * A pipe ends a cell, even in code, unless there is a backslash before it; code has no other
 * escape.
 */
const apartFromPipes = (text: string): readonly string[] =>
  text.split(/(\|)/).filter(part => part !== '');

/** Whether `word` has no meaning in Markdown, HTML or a forge. */
const isPlain = (word: string): boolean =>
  /^[\p{L}\p{M}\p{N} .,;:'"’“”…()[\]{}/=+_-]*$/u.test(word) && !active.test(word);

/** URLs, emoji, issue references of GitHub, GitLab (`[issue:1]`) and Jira, advisories, commit hashes. */
const active = /:\/\/|www\.|:[\w+-]+:|\[[\w-]+:|[A-Z]-\d|GHSA-|[\da-f]{7}/i;

/** Adjacent code spans are joined: otherwise one would end the other. */
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
