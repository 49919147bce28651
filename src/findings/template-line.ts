/**
 * The line of a template, from 1, that most likely rendered the line at index `at` of its output, or else the line of a
 * field around it. Undefined if several lines are as likely.
 *
 * A line of the template matches if it is the same text, or becomes it when each `{{ … }}` stands for any text. Of
 * several, the one counts after whose preceding lines match most. It looks at the text only: no template is run.
 */
export function templateLineOf(
  rendered: readonly string[],
  at: number,
  template: TemplateText,
): number | undefined {
  for (let place = at; place !== -1; place = parentOf(rendered, place)) {
    const text = (rendered[place] ?? '').trim();
    if (isTelling(text)) {
      const found = bestOf(template.matching(text), rendered, place, template);
      if (found !== undefined) return found + 1;
    }
  }
  return undefined;
}

/** A longer template is none that people write: looking for each line in it would take too long. */
const mostLines = 5000;

/** The lines of a template that render something. */
export class TemplateText {
  readonly #lines: readonly Line[];
  /** The lines without a `{{`, by their texts. */
  readonly #literal = new Map<string, number[]>();
  readonly #open: readonly number[];

  constructor(text: string) {
    const all = text.split('\n');
    this.#lines = all.length > mostLines ? [] : all.map(lineOf);
    const open: number[] = [];
    for (const [at, {parts}] of this.#lines.entries()) {
      const [only = '', ...more] = parts;
      if (more.length > 0) open.push(at);
      else if (only !== '') this.#literal.set(only, [...(this.#literal.get(only) ?? []), at]);
    }
    this.#open = open;
  }

  /** The indexes of the lines that may have rendered `text`, which has no space around it. */
  matching(text: string): readonly number[] {
    const same = this.#literal.get(text) ?? [];
    return [...same, ...this.#open.filter(at => this.isMatch(text, at))];
  }

  isMatch(text: string, at: number): boolean {
    return matches(text, this.#lines[at]?.parts ?? []);
  }

  /** The index of the line before `at` that renders something; -1 if there is none. */
  before(at: number): number {
    let place = at - 1;
    while (place >= 0 && this.#lines[place]?.parts.every(part => part === '') === true) place--;
    return place;
  }
}

/** A line as the texts around each `{{ … }}`; all are empty if it renders nothing of its own. */
interface Line {
  readonly parts: readonly string[];
}

function lineOf(line: string): Line {
  const parts: string[] = [];
  let rest = line.trim();
  if (rest.startsWith('#')) return {parts: ['']};
  for (;;) {
    const begin = rest.indexOf('{{');
    const end = begin === -1 ? -1 : rest.indexOf('}}', begin);
    if (end === -1) break;
    parts.push(rest.slice(0, begin));
    rest = rest.slice(end + 2);
  }
  return {parts: [...parts, rest]};
}

/** Whether `text` is `parts` with any text between them. A line that is all template matches nothing. */
function matches(text: string, parts: readonly string[]): boolean {
  const [first = '', ...others] = parts;
  if (others.length === 0) return text === first && text !== '';
  if (!parts.some(isTelling) || !text.startsWith(first)) return false;
  const last = others.at(-1) ?? '';
  let place = first.length;
  for (const part of others.slice(0, -1)) {
    const found = text.indexOf(part, place);
    if (found === -1) return false;
    place = found + part.length;
  }
  return text.length - last.length >= place && text.endsWith(last);
}

/** Whether it says more than a dash or a bracket. */
const isTelling = (text: string): boolean => /[\p{L}\p{N}]/u.test(text);

/** How many preceding lines are compared, and among how many lines of the template each is sought. */
const mostBefore = 6;
const mostSkipped = 8;

function bestOf(
  candidates: readonly number[],
  rendered: readonly string[],
  at: number,
  template: TemplateText,
): number | undefined {
  if (candidates.length <= 1) return candidates[0];
  const scores = candidates.map(candidate => likeness(candidate, rendered, at, template));
  const most = scores.reduce((one, other) => Math.max(one, other), 0);
  const [best, other] = candidates.filter((_, index) => scores[index] === most);
  return other === undefined ? best : undefined;
}

/** How many of the lines before `at` are before `candidate` too, in the same order; the nearer, the more they count. */
function likeness(
  candidate: number,
  rendered: readonly string[],
  at: number,
  template: TemplateText,
): number {
  let score = 0;
  let place = candidate;
  for (let before = at - 1; before >= Math.max(0, at - mostBefore); before--) {
    const text = (rendered[before] ?? '').trim();
    let step = template.before(place);
    for (let skipped = 0; step >= 0 && skipped < mostSkipped; skipped++) {
      if (template.isMatch(text, step)) {
        score += 1 / (1 + skipped);
        place = step;
        break;
      }
      step = template.before(step);
    }
  }
  return score;
}

/** The index of the line with the field around that of `at`; -1 at the top of the document. */
function parentOf(rendered: readonly string[], at: number): number {
  const indent = indentOf(rendered[at] ?? '');
  if (indent === 0) return -1;
  let place = at - 1;
  while (place >= 0) {
    const line = rendered[place] ?? '';
    if (/^---|^# Source: /.test(line)) return -1;
    if (line.trim() !== '' && !line.trim().startsWith('#') && indentOf(line) < indent) return place;
    place--;
  }
  return -1;
}

const indentOf = (line: string): number => line.length - line.trimStart().length;
