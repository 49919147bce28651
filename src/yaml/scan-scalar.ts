import {
  breakLength,
  breakValue,
  endsPlainInFlow,
  isBlank,
  isBlankOrEnd,
  isBreak,
  isDigit,
} from './characters.ts';
import {YamlError} from './error.ts';

/** The characters for which `isBreak` is true: searching for one is faster than looking at each character. */
const lineBreak = /[\n\r\x85\u2028\u2029]/g;

/**
 * Scans scalars as go-yaml v2 does. `position` and `lineStart` are the current position; after a
 * method they are the end of the scalar. Offsets are UTF-16 code units in the whole text.
 */
export class ScalarScanner {
  readonly #text: string;
  readonly #end: number;
  position = 0;
  lineStart = 0;
  /** The end of the text of the scalar, without white space and line breaks after it. */
  scalarEnd = 0;
  /** The value of the scalar, or undefined if it equals its text. */
  value: string | undefined;
  /** Whether a plain scalar continued past a line break. */
  crossedLine = false;

  constructor(text: string, end: number) {
    this.#text = text;
    this.#end = end;
  }

  #at(offset: number): number {
    return offset < this.#end ? this.#text.charCodeAt(offset) : 0;
  }

  /** @param indent The minimum column of a line that continues the scalar. */
  scanPlain(indent: number, inFlow: boolean): void {
    let folded: string | undefined;
    let from = this.position;
    this.scalarEnd = from;
    this.crossedLine = false;
    let fold = '';
    for (;;) {
      const start = this.position;
      if (start === this.lineStart && this.isDocumentIndicator(start)) break;
      if (this.#at(start) === 0x23) break;
      const code = this.#skipPlain(inFlow);
      if (this.position > start) {
        if (this.crossedLine) {
          folded = (folded ?? '') + this.#text.slice(from, this.scalarEnd) + fold;
          from = start;
          this.crossedLine = false;
        }
        this.scalarEnd = this.position;
      }
      if (!isBlank(code) && !isBreak(code)) break;
      fold = this.#skipFold(indent);
      if (!inFlow && this.position - this.lineStart < indent) break;
    }
    this.value = folded === undefined ? undefined : folded + this.#text.slice(from, this.scalarEnd);
  }

  /** Moves to the end of a run of a plain scalar, and returns the code of the character there. */
  #skipPlain(inFlow: boolean): number {
    const text = this.#text;
    const end = this.#end;
    let at = this.position;
    let code = 0;
    for (; at < end; at++) {
      code = text.charCodeAt(at);
      if (code > 0x3a && code < 0x5b && code !== 0x3f) continue;
      if (code > 0x5d && code < 0x7b) continue;
      if (code === 0x3a ? isBlankOrEnd(this.#at(at + 1)) : isBlankOrEnd(code)) break;
      if (inFlow && endsPlainInFlow(code)) break;
    }
    this.position = at;
    return at < end ? code : 0;
  }

  /** Skips white space and line breaks, and returns what the line breaks are folded into. */
  #skipFold(indent: number): string {
    let first = '';
    let others = '';
    for (;;) {
      const code = this.#at(this.position);
      if (isBlank(code)) {
        const isIndent = this.crossedLine && this.position - this.lineStart < indent;
        if (isIndent && code === 0x09) {
          throw new YamlError('a tab must not indent a plain scalar', this.position);
        }
        this.position++;
      } else if (isBreak(code)) {
        this.#skipBreak(code);
        if (this.crossedLine) others += breakValue(code);
        else first = breakValue(code);
        this.crossedLine = true;
      } else return foldOf(first, others);
    }
  }

  #skipBreak(code: number): void {
    this.position += breakLength(code, this.#at(this.position + 1));
    this.lineStart = this.position;
  }

  /** Whether there is a `---` or `...` at `offset`, followed by white space. */
  isDocumentIndicator(offset: number): boolean {
    const code = this.#at(offset);
    if (code !== 0x2d && code !== 0x2e) return false;
    return (
      this.#at(offset + 1) === code &&
      this.#at(offset + 2) === code &&
      isBlankOrEnd(this.#at(offset + 3))
    );
  }

  /** Scans from the opening quote to the end of the closing one. */
  scanQuoted(quote: number): void {
    const start = this.position;
    const text = this.#text;
    const end = this.#end;
    for (let at = start + 1; at < end; at++) {
      const code = text.charCodeAt(at);
      if (code === quote) {
        if (quote === 0x27 && this.#at(at + 1) === quote) break;
        this.value = text.slice(start + 1, at);
        this.position = at + 1;
        this.scalarEnd = at + 1;
        return;
      }
      if (code === 0x5c ? quote === 0x22 : isBreak(code)) break;
    }
    this.#scanFoldedQuoted(quote);
  }

  #scanFoldedQuoted(quote: number): void {
    const start = this.position;
    const parts: string[] = [];
    this.position++;
    for (;;) {
      if (this.position === this.lineStart && this.isDocumentIndicator(this.position)) {
        throw new YamlError('a quoted string must end before its document does', start);
      }
      if (this.position >= this.#end) throw new YamlError('a quoted string must be closed', start);
      const isContinued = this.#scanQuotedRun(quote, parts, start);
      if (this.#at(this.position) === quote) break;
      parts.push(this.#scanQuotedFold(isContinued));
    }
    this.position++;
    this.scalarEnd = this.position;
    this.value = parts.join('');
  }

  /**
   * Reads to the next white space, line break or closing quote; true if an escaped line break ends
   * it.
   */
  #scanQuotedRun(quote: number, parts: string[], start: number): boolean {
    let from = this.position;
    for (;;) {
      const at = this.position;
      const code = this.#at(at);
      if (isBlankOrEnd(code)) break;
      if (code === quote) {
        if (quote === 0x22 || this.#at(at + 1) !== quote) break;
        parts.push(this.#text.slice(from, at + 1));
        this.position = at + 2;
        from = at + 2;
      } else if (code === 0x5c && quote === 0x22) {
        parts.push(this.#text.slice(from, at));
        const next = this.#at(at + 1);
        if (isBreak(next)) {
          this.position = at + 1;
          this.#skipBreak(next);
          return true;
        }
        parts.push(this.#scanEscape(start));
        from = this.position;
      } else this.position++;
    }
    parts.push(this.#text.slice(from, this.position));
    return false;
  }

  /** The value of the white space and line breaks at this position. */
  #scanQuotedFold(isContinued: boolean): string {
    const start = this.position;
    let blanksEnd = start;
    let breaks = 0;
    let first = '';
    let others = '';
    for (;;) {
      const code = this.#at(this.position);
      if (isBlank(code)) this.position++;
      else if (isBreak(code)) {
        this.#skipBreak(code);
        if (breaks === 0 && !isContinued) first = breakValue(code);
        else others += breakValue(code);
        breaks++;
      } else break;
      if (breaks === 0) blanksEnd = this.position;
    }
    if (isContinued) return others;
    return breaks === 0 ? this.#text.slice(start, blanksEnd) : foldOf(first, others);
  }

  #scanEscape(start: number): string {
    const letter = String.fromCharCode(this.#at(this.position + 1));
    const length = escapeLengths[letter];
    if (length === undefined) {
      const plain = escapes[letter];
      if (plain === undefined) {
        throw new YamlError(`the escape "\\${letter}" is unknown`, this.position);
      }
      this.position += 2;
      return plain;
    }
    const digits = this.#text.slice(
      this.position + 2,
      Math.min(this.position + 2 + length, this.#end),
    );
    if (digits.length !== length || !/^[0-9a-fA-F]+$/.test(digits)) {
      throw new YamlError(`the escape "\\${letter}" must have ${length} digits`, this.position);
    }
    const code = Number.parseInt(digits, 16);
    if ((code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff) {
      throw new YamlError(`the escape "\\${letter}${digits}" is not a character`, start);
    }
    this.position += 2 + length;
    return String.fromCodePoint(code);
  }

  /**
   * Scans a literal or folded scalar from its indicator on.
   *
   * @param parentIndent The column of the block collection around it, or -1.
   */
  scanBlock(parentIndent: number, isLiteral: boolean): void {
    const start = this.position;
    const {chomping, increment} = this.#scanBlockHeader(start);
    let indent = increment === 0 ? 0 : Math.max(parentIndent, 0) + increment;
    const breaks: string[] = [];
    this.scalarEnd = this.position;
    indent = this.#scanBlockBreaks(indent, parentIndent, breaks, start);
    const parts: string[] = [];
    let leadingBreak = '';
    let wasBlank = false;
    let contentEnd = this.scalarEnd;
    while (this.position - this.lineStart === indent && this.position < this.#end) {
      const isBlankLine = isBlank(this.#at(this.position));
      if (!isLiteral && !wasBlank && !isBlankLine && leadingBreak === '\n') {
        if (breaks.length === 0) parts.push(' ');
      } else parts.push(leadingBreak);
      for (const each of breaks) parts.push(each);
      breaks.length = 0;
      wasBlank = isBlankLine;
      leadingBreak = this.#scanBlockLine(parts);
      contentEnd = this.position;
      indent = this.#scanBlockBreaks(indent, parentIndent, breaks, start);
    }
    if (chomping !== -1) parts.push(leadingBreak);
    if (chomping === 1) for (const each of breaks) parts.push(each);
    if (chomping !== 1) this.scalarEnd = contentEnd;
    this.value = parts.join('');
  }

  #scanBlockHeader(start: number): {readonly chomping: number; readonly increment: number} {
    let chomping = 0;
    let increment = 0;
    this.position++;
    for (let indicators = 0; indicators < 2; indicators++) {
      const code = this.#at(this.position);
      if ((code === 0x2b || code === 0x2d) && chomping === 0) chomping = code === 0x2b ? 1 : -1;
      else if (isDigit(code) && increment === 0) {
        increment = code - 0x30;
        if (increment === 0) throw new YamlError('an indentation must not be 0', this.position);
      } else break;
      this.position++;
    }
    while (isBlank(this.#at(this.position))) this.position++;
    let code = this.#at(this.position);
    if (code === 0x23) {
      while (code !== 0 && !isBreak(code)) code = this.#at(++this.position);
    }
    if (code !== 0 && !isBreak(code)) {
      throw new YamlError('a block scalar must begin on the line after its indicator', start);
    }
    if (code !== 0) this.#skipBreak(code);
    return {chomping, increment};
  }

  /**
   * Reads one line of a block scalar into `parts`, and returns the value of its line break. All
   * stream readers add a missing line end at the end.
   */
  #scanBlockLine(parts: string[]): string {
    const from = this.position;
    const text = this.#text;
    lineBreak.lastIndex = from;
    const at = lineBreak.test(text) ? Math.min(lineBreak.lastIndex - 1, this.#end) : this.#end;
    parts.push(text.slice(from, at));
    this.position = at;
    if (at >= this.#end) return '\n';
    const code = text.charCodeAt(at);
    this.#skipBreak(code);
    return breakValue(code);
  }

  /** Whether the text ends here without a line break that stream readers recognize. */
  #isOpenEnd(): boolean {
    const before = this.#text.charCodeAt(this.position - 1);
    return this.position >= this.#end && before !== 0x0a && before !== 0x0d;
  }

  /** Skips indentation and empty lines. Returns the indentation, which is detected if it was 0. */
  #scanBlockBreaks(indent: number, parentIndent: number, breaks: string[], start: number): number {
    let deepest = 0;
    let isFresh = this.position === this.lineStart;
    this.scalarEnd = this.position;
    for (;;) {
      let column = this.position - this.lineStart;
      while ((indent === 0 || column < indent) && this.#at(this.position) === 0x20) {
        this.position++;
        column++;
      }
      if (column > deepest) deepest = column;
      const code = this.#at(this.position);
      if ((indent === 0 || column < indent) && code === 0x09) {
        throw new YamlError('a tab must not indent a block scalar', start);
      }
      if (isFresh && this.#isOpenEnd()) breaks.push('\n');
      if (!isBreak(code)) break;
      breaks.push(breakValue(code));
      this.#skipBreak(code);
      this.scalarEnd = this.position;
      isFresh = true;
    }
    return indent === 0 ? Math.max(deepest, parentIndent + 1, 1) : indent;
  }
}

/**
 * A single line break between two words becomes a space; of several, the first is dropped; LS and
 * PS are kept.
 */
function foldOf(first: string, others: string): string {
  if (first !== '\n') return first + others;
  return others === '' ? ' ' : others;
}

const escapeLengths: Readonly<Record<string, number>> = Object.assign(Object.create(null), {
  x: 2,
  u: 4,
  U: 8,
});

const escapes: Readonly<Record<string, string>> = Object.assign(Object.create(null), {
  '0': '\0',
  a: '\u0007',
  b: '\b',
  t: '\t',
  '\t': '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
  e: '\u001b',
  ' ': ' ',
  '"': '"',
  "'": "'",
  '\\': '\\',
  N: '\u0085',
  _: '\u00a0',
  L: '\u2028',
  P: '\u2029',
});
