import type {TextEdit} from '../text/text-edit.ts';
import {breakLength, isBreak} from './characters.ts';

/** The edit cannot be made in place. */
export class NotSurgicalError extends Error {}

interface SourceEdit extends TextEdit {
  /** Whether the replacement begins a line, although the previous line may lack a line end. */
  readonly beginsLine?: true;
}

/**
 * Edits to the text of one document, by source range: collected in any order, applied at once.
 * Offsets are UTF-16 code units in the text of the whole stream.
 */
export class SourceEdits {
  readonly text: string;
  readonly #start: number;
  readonly #end: number;
  readonly #lineEnd: string;
  readonly #edits: SourceEdit[] = [];

  constructor(text: string, start: number, end: number) {
    this.text = text;
    this.#start = start;
    this.#end = end;
    const lineBreak = text.indexOf('\n', start);
    const isWindows = lineBreak > start && lineBreak < end && text[lineBreak - 1] === '\r';
    this.#lineEnd = isWindows ? '\r\n' : '\n';
  }

  replace(start: number, end: number, replacement: string): void {
    // A comment may follow a quoted string without a space, but not its replacement.
    const isGlued = this.text[end] === '#' && /\S$/.test(replacement);
    this.#edits.push({start, end, replacement: isGlued ? `${replacement} ` : replacement});
  }

  /**
   * Inserts `lines`, the first of them after `indent`, below the line of the character before
   * `offset`.
   */
  insertLines(offset: number, indent: string, lines: readonly string[]): void {
    if (lines.length === 0) return;
    const at = this.lineEndAfter(offset);
    const block = this.withLineEnds(lines.map(line => indent + line).join('\n'));
    if (this.endsLine(at)) this.replace(at, at, block + this.#lineEnd);
    else this.#edits.push({start: at, end: at, replacement: block, beginsLine: true});
  }

  /** Whether one of the edits so far replaces or removes everything between two offsets. */
  coverage(): (start: number, end: number) => boolean {
    const edits = this.#edits
      .filter(({start, end}) => end > start)
      .sort((a, b) => a.start - b.start);
    let furthest = 0;
    const ends = edits.map(({end}) => {
      furthest = Math.max(furthest, end);
      return furthest;
    });
    return (start, end) => {
      const before = countUntil(edits, start);
      return before > 0 && (ends[before - 1] as number) >= end;
    };
  }

  lineStart(offset: number): number {
    let start = offset;
    while (start > this.#start && !this.endsLine(start)) start--;
    return start;
  }

  /** The offset after the line break that ends the line of the character before `offset`. */
  lineEndAfter(offset: number): number {
    if (this.endsLine(offset)) return offset;
    let end = offset;
    while (end < this.#end && !isBreak(this.text.charCodeAt(end))) end++;
    if (end === this.#end) return end;
    return end + breakLength(this.text.charCodeAt(end), this.text.charCodeAt(end + 1));
  }

  /**
   * The offset after the comments at `offset` that are on their own lines, indented beyond
   * `column`.
   */
  commentsEnd(offset: number, column: number): number {
    let end = offset;
    for (let line = offset; line < this.#end && this.endsLine(line); ) {
      const next = this.lineEndAfter(line + 1);
      const text = this.text.slice(line, next).trimEnd();
      if (text.trimStart().startsWith('#') && text.indexOf('#') > column) end = next;
      else if (text !== '') break;
      line = next;
    }
    return end;
  }

  /** Whether there is a line break before `offset`; not between CR and LF. */
  endsLine(offset: number): boolean {
    const code = this.text.charCodeAt(offset - 1);
    if (offset <= this.#start || !isBreak(code)) return false;
    return code !== 0x0d || this.text[offset] !== '\n';
  }

  /**
   * As many spaces as there are columns before `offset`; dashes, question marks and colons count as
   * spaces.
   *
   * @throws {NotSurgicalError} if there is anything else
   */
  indentOf(offset: number): string {
    const prefix = this.text.slice(this.lineStart(offset), offset);
    if (!/^\uFEFF?[ ?:-]*$/.test(prefix)) throw new NotSurgicalError();
    return ' '.repeat(prefix.replace('\uFEFF', '').length);
  }

  /** Whether there is only white space before `offset` on its line. */
  beginsLine(offset: number): boolean {
    return /^[ \t\uFEFF]*$/.test(this.text.slice(this.lineStart(offset), offset));
  }

  withLineEnds(text: string): string {
    return this.#lineEnd === '\n' ? text : text.replaceAll('\n', this.#lineEnd);
  }

  /** The edits in the order of the text, or undefined if two overlap. */
  sorted(): readonly TextEdit[] | undefined {
    const edits = this.#edits.toSorted((a, b) => a.start - b.start || a.end - b.end);
    const sorted: TextEdit[] = [];
    let written = this.#start;
    /** Whether what is written so far ends a line. */
    let endsLine = false;
    for (const {start, end, replacement, beginsLine} of edits) {
      if (end <= written && end > start && replacement === '') continue;
      if (start < written) return undefined;
      if (start > written) endsLine = this.text[start - 1] === '\n';
      const lineEnd: string = beginsLine && !endsLine ? this.#lineEnd : '';
      if (lineEnd + replacement !== '') endsLine = `${lineEnd}${replacement}`.endsWith('\n');
      sorted.push({start, end, replacement: lineEnd + replacement});
      written = end;
    }
    return sorted;
  }
}

/** The number of `edits`, which are sorted, that begin at or before `offset`. */
function countUntil(edits: readonly SourceEdit[], offset: number): number {
  let [low, high] = [0, edits.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((edits[middle] as SourceEdit).start <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
