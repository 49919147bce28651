import {YamlError} from './error.ts';

/** The text range of a document in its stream, in UTF-16 code units; `end` is exclusive. */
export interface DocumentRange {
  readonly start: number;
  readonly end: number;
}

/**
 * The documents of a stream. Between two of them there is a line with `---`, white space and
 * possibly a comment, which belongs to neither.
 *
 * @throws {YamlError} at a line that only some of Helm, kubectl and kustomize treat as a separator:
 * `---x`, `---#`, `--- {a: b}`, or anything after `...`; and at characters that make a parser lose
 * its position
 */
export function splitDocuments(text: string): readonly DocumentRange[] {
  const isOrdinary = ordinary.test(text);
  refuseMisleading(text, isOrdinary);
  const ranges: DocumentRange[] = [];
  let start = text.startsWith('\uFEFF') ? 1 : 0;
  let dots = lineWith('...', text, start);
  for (;;) {
    const end = lineWith('---', text, start);
    while (dots < end && !isDocumentEnd(text, dots)) dots = lineWith('...', text, dots + 1);
    if (dots < end) {
      requireNothing(text, lineAfter(text, dots), end);
      dots = lineWith('...', text, end);
    }
    ranges.push({start, end});
    if (end === text.length) break;
    start = lineAfter(text, end);
    if (!separator.test(text.slice(end, start))) {
      throw new YamlError('a separator `---` must be alone on its line', end);
    }
  }
  if (!isOrdinary && trimmed.test(text)) for (const range of ranges) refuseTrimmed(text, range);
  return ranges;
}

const separator = /^---(?:[ \t]+#[^\r\n\u0085\u2028\u2029]*|[ \t]*)\r?\n?$/;

/** The start of the first line at or after `from` that begins with `mark`, or the end of the text. */
function lineWith(mark: string, text: string, from: number): number {
  if (text.startsWith(mark, from) && (from === 0 || isLineStart(text, from))) return from;
  const before = text.indexOf(`\n${mark}`, from);
  return before === -1 ? text.length : before + 1;
}

/** A byte-order mark before the first line does not belong to it. */
const isLineStart = (text: string, offset: number): boolean =>
  text[offset - 1] === '\n' || (offset === 1 && text[0] === '\uFEFF');

const lineAfter = (text: string, offset: number): number =>
  text.indexOf('\n', offset) + 1 || text.length;

const isDocumentEnd = (text: string, line: number): boolean =>
  line + 3 === text.length || /\s/.test(text[line + 3] as string);

/** @throws {YamlError} if there is more than comments and white space after the end of a document */
function requireNothing(text: string, start: number, end: number): void {
  for (let line = start; line < end; line = lineAfter(text, line)) {
    if (!/^\s*(?:#.*)?$/.test(text.slice(line, lineAfter(text, line)).trimEnd())) {
      throw new YamlError('a document after `...` must begin with `---`', line);
    }
  }
}

/** White space to Helm, letters to YAML. */
const trimmed = /[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/;

/**
 * Helm trims all Unicode white space from a document, and so reads another first key or last value.
 */
function refuseTrimmed(text: string, {start, end}: DocumentRange): void {
  let first = start;
  while (first < end && isSpace(text, first)) first++;
  let last = end;
  while (last > first && isSpace(text, last - 1)) last--;
  const line = text.slice(Math.max(first, text.lastIndexOf('\n', last - 1) + 1), last);
  const before = text.slice(start, first).search(trimmed);
  if (before !== -1) throw new YamlError(oddBlank, start + before);
  const isComment = line.trimStart().startsWith('#');
  if (!isComment && trimmed.test(text.slice(last, end))) throw new YamlError(oddBlank, last);
}

const isSpace = (text: string, offset: number): boolean =>
  /[\s\u0085]/.test(text[offset] as string);

const oddBlank = 'a document must not begin or end with white space that YAML does not allow';

/**
 * Characters that YAML 1.1 does not allow: control characters except tab, line breaks and NEL;
 * non-characters.
 */
const controlCharacter =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern matches exactly these.
  /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u0084\u0086-\u009F\uFFFE\uFFFF]/;

/** A text without any of the characters that `refuseMisleading` and `refuseTrimmed` look for. */
const ordinary =
  /^\uFEFF?[\t\n\r\x20-\x7e\u00a1-\u167f\u1681-\u1fff\u200b-\u202e\u2030-\u205e\u2060-\u2fff\u3001-\ufefe\uff00-\ufffd]*$/;

/**
 * Helm treats `---` as a separator if there is only white space before it. kubectl reads CR CR LF
 * as one line break, and skips all Unicode white space before JSON. If go-yaml v2's buffer happens
 * to begin with a byte-order mark, it expects one on each line, and drops the first character of
 * the lines.
 */
function refuseMisleading(text: string, isOrdinary: boolean): void {
  if (!isOrdinary) refuseControl(text);
  const [indent] = /^\s*(?=---)/.exec(text) ?? [];
  if (indent !== undefined && /[^\n\uFEFF]$/.test(indent)) {
    throw new YamlError('a separator `---` must be alone on its line', indent.length);
  }
  const mark = isOrdinary ? -1 : text.indexOf('\uFEFF', 1);
  if (mark !== -1) {
    throw new YamlError('a byte-order mark must be at the start of the input, or escaped', mark);
  }
  const [blanks] = /^[\s\u0085]*(?=\{)/.exec(text) ?? [];
  if (blanks !== undefined && !/^[ \t\r\n\uFEFF]*$/.test(blanks)) {
    throw new YamlError('only white space may come before a JSON document', 0);
  }
  const doubled = text.endsWith('\r\r') ? text.length - 2 : text.indexOf('\r\r\n');
  if (doubled !== -1) {
    throw new YamlError('a line must not end in two carriage returns', doubled);
  }
}

function refuseControl(text: string): void {
  const control = controlCharacter.exec(text);
  if (control === null) return;
  throw new YamlError('the input must be text: it contains a control character', control.index);
}
