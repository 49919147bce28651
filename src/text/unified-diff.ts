import type {TextEdit} from './text-edit.ts';

/** A part of a text that has a title, in which changes are shown apart from those of other parts. */
export interface Section {
  readonly start: number;
  readonly title: string;
}

/** Lines that stand together in a diff, with the title of their section. */
export interface Hunk {
  readonly header: string;
  /** Each begins with a space, `-` or `+`, as in the unified format of POSIX `diff -u`; without line ends. */
  readonly lines: readonly string[];
}

/** How many lines around a change are shown, as `diff -u` does by default. */
const context = 3;

/** What follows a last line without a line end. */
const noLineEnd = '\\ No newline at end of file';

/**
 * The hunks that tell of `edits`, which are in order and do not overlap. The work grows with the text, not with the
 * number of changed lines times that of all lines: what the edits change is known, and nothing is compared.
 *
 * @param sections in order; what stands before the first has no title
 */
export function unifiedDiff(
  text: string,
  edits: readonly TextEdit[],
  sections: readonly Section[],
): readonly Hunk[] {
  const lines = linesOf(text);
  const hunks: Hunk[] = [];
  let added = 0;
  for (const {changes, section, bounds} of grouped(
    changesOf(text, lines, edits),
    lines,
    sections,
  )) {
    const hunk = hunkOf(changes, lines, bounds, added);
    hunks.push({...hunk, header: `${hunk.header} ${section?.title ?? ''}`.trimEnd()});
    added += changes.reduce((sum, {first, end, lines: now}) => sum + now.length - (end - first), 0);
  }
  return hunks;
}

/** A text as lines with their ends, and the offsets at which they begin; the last one is that of the end of the text. */
interface Lines {
  readonly texts: readonly string[];
  readonly starts: readonly number[];
}

function linesOf(text: string): Lines {
  const texts: string[] = [];
  const starts: number[] = [];
  for (let at = 0; at < text.length; ) {
    const lineBreak = text.indexOf('\n', at);
    const end = lineBreak === -1 ? text.length : lineBreak + 1;
    texts.push(text.slice(at, end));
    starts.push(at);
    at = end;
  }
  starts.push(text.length);
  return {texts, starts};
}

/** The lines from `first` up to `end`, and what takes their place. */
interface LineChange {
  readonly first: number;
  readonly end: number;
  readonly lines: readonly string[];
}

/** The edits as changes of whole lines, in order: those that touch the same line are one. */
function changesOf(text: string, lines: Lines, edits: readonly TextEdit[]): readonly LineChange[] {
  const changes: LineChange[] = [];
  for (let index = 0; index < edits.length; ) {
    const first = lineOf(lines, edits[index] as TextEdit);
    let written = lines.starts[first] as number;
    let now = '';
    let end = first;
    do {
      const edit = edits[index++] as TextEdit;
      now += text.slice(written, edit.start) + edit.replacement;
      written = edit.end;
      end = endOfLine(lines, written, now);
    } while (index < edits.length && lineOf(lines, edits[index] as TextEdit) < end);
    now += text.slice(written, lines.starts[end]);
    const change = trimmed(lines, {first, end, lines: linesOf(now).texts});
    if (change.end > change.first || change.lines.length > 0) changes.push(change);
  }
  return changes;
}

/** The line in which an edit begins: what follows a last line without a line end is in that line. */
function lineOf(lines: Lines, {start}: TextEdit): number {
  const line = lineAt(lines, start);
  const isAfterOpenLine =
    line === lines.texts.length && lines.texts.at(-1)?.endsWith('\n') === false;
  return isAfterOpenLine ? line - 1 : line;
}

/** The line after that in which a change ends at `offset`, when `now` is there instead. */
function endOfLine(lines: Lines, offset: number, now: string): number {
  const line = lineAt(lines, offset);
  const isWhole = lines.starts[line] === offset && (now === '' || now.endsWith('\n'));
  return isWhole ? line : Math.min(line + 1, lines.texts.length);
}

/** The index of the line with the character at `offset`. */
function lineAt({starts}: Lines, offset: number): number {
  let [low, high] = [0, starts.length];
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if ((starts[middle] as number) <= offset) low = middle;
    else high = middle;
  }
  return low;
}

/** A change without the lines at its ends that stay as they are. */
function trimmed({texts}: Lines, {first, end, lines}: LineChange): LineChange {
  let before = 0;
  while (before < Math.min(end - first, lines.length) && texts[first + before] === lines[before])
    before++;
  let after = 0;
  const most = Math.min(end - first, lines.length) - before;
  while (after < most && texts[end - 1 - after] === lines[lines.length - 1 - after]) after++;
  return {
    first: first + before,
    end: end - after,
    lines: lines.slice(before, lines.length - after),
  };
}

interface Group {
  readonly changes: readonly LineChange[];
  readonly section: Section | undefined;
  /** Between which lines there is context: the first one, and the one after the last. */
  readonly bounds: readonly [first: number, end: number];
}

/**
 * The changes of each hunk: those in one section that are near each other. Context ends with the section, but has a
 * line: git takes a hunk without one for the end of the file.
 */
function* grouped(
  changes: readonly LineChange[],
  {texts, starts}: Lines,
  sections: readonly Section[],
): Iterable<Group> {
  const firsts = sections.map(({start}) => lineAt({texts, starts}, start));
  const after = (section: number) => firsts[section + 1] ?? texts.length;
  let section = -1;
  let lowest = 0;
  let group: LineChange[] = [];
  for (const [index, change] of changes.entries()) {
    if (group.length === 0) {
      while (lineToAttribute(change) >= (firsts[section + 1] ?? Number.POSITIVE_INFINITY))
        section++;
    }
    group.push(change);
    const next = changes[index + 1];
    const distance = (next?.first ?? Number.POSITIVE_INFINITY) - change.end;
    const isNew = next !== undefined && lineToAttribute(next) >= after(section);
    if (distance <= (isNew ? 1 : 2 * context)) continue;
    const first = Math.max(
      lowest,
      Math.min(firsts[section] ?? 0, (group[0] as LineChange).first - 1),
    );
    const end = Math.min(
      Math.max(after(section), change.end + 1),
      change.end + distance - 1,
      texts.length,
    );
    yield {changes: group, section: sections[section], bounds: [first, end]};
    lowest = Math.min(end, change.end + context);
    group = [];
  }
}

/** What is inserted belongs to the line above. */
const lineToAttribute = ({first, end}: LineChange): number => (end > first ? first : first - 1);

/** `added` is how many lines the hunks before have added. */
function hunkOf(
  changes: readonly LineChange[],
  {texts}: Lines,
  [lowest, highest]: Group['bounds'],
  added: number,
): Hunk {
  const first = Math.max(lowest, (changes[0] as LineChange).first - context);
  const last = (changes.at(-1) as LineChange).end;
  const end = Math.max(last, Math.min(highest, last + context));
  const lines: string[] = [];
  let [before, after, at] = [0, 0, first];
  const kept = (until: number) => {
    lines.push(...marked(' ', texts.slice(at, until)));
    before += until - at;
    after += until - at;
  };
  for (const change of changes) {
    kept(change.first);
    lines.push(...marked('-', texts.slice(change.first, change.end)), ...marked('+', change.lines));
    before += change.end - change.first;
    after += change.lines.length;
    at = change.end;
  }
  kept(end);
  return {header: `@@ -${range(first, before)} +${range(first + added, after)} @@`, lines};
}

const marked = (mark: string, lines: readonly string[]): readonly string[] =>
  lines.flatMap(line =>
    line.endsWith('\n') ? [mark + line.slice(0, -1)] : [mark + line, noLineEnd],
  );

/** A range of lines as `diff -u` writes it: no lines are after the line before them. */
const range = (first: number, count: number): string =>
  count === 0 ? `${first},0` : count === 1 ? `${first + 1}` : `${first + 1},${count}`;
