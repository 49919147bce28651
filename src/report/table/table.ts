import {type Finding, titleOf} from '../../findings/finding.ts';
import {safeText} from '../../text/safe-text.ts';
import {type Span, wrapped} from '../../text/wrap.ts';
import {frameworkLines} from '../frameworks.ts';
import {outcomeOf, totalLines} from '../outcome.ts';
import {remediesOf} from '../remedies.ts';
import type {Report} from '../report.ts';
import {
  approvalText,
  decisionLines,
  lockLines,
  noteLines,
  originOf,
  placeText,
  refusalLine,
  shownLine,
  skippedLines,
  staleLines,
  textOf,
} from '../text.ts';
import {optionStart, valueLines} from '../values.ts';
import {byObject, byRule, type Findings, worstFirst} from './groups.ts';
import {narrowed, type Sentence, Sentences, withoutContainer} from './sentences.ts';
import {type Paint, paintOf, plainStyle, type TableStyle} from './style.ts';

/**
 * A table for people: the findings of each object by rule, the worst first, and a summary. What findings share is said
 * once.
 */
export function toText(report: Report, style: TableStyle = plainStyle): string {
  const table = new Table(report, style);
  return [...table.body(), ...table.summary(), ''].join('\n');
}

/** More names and places of one group help nobody: `--verbose` and the other formats have all. */
const mostListed = 10;

/** The same for sentences of evidence. */
const mostNeeds = 3;

class Table {
  readonly #report: Report;
  readonly #style: TableStyle;
  readonly #paint: Paint;
  readonly #sentences: Sentences;
  /** The sentences that the table has already said. */
  readonly #said = new Set<string>();

  constructor(report: Report, style: TableStyle) {
    this.#report = report;
    this.#style = style;
    this.#paint = paintOf(style);
    this.#sentences = new Sentences(report.findings);
  }

  *body(): Iterable<string> {
    const report = this.#report;
    const {detail} = this.#style;
    if (detail === 'quiet') return;
    if (report.frameworks !== undefined) {
      yield* this.#lines(frameworkLines(report.frameworks));
      return;
    }
    for (const findings of worstFirst(byObject(report.findings))) {
      yield* this.#object(findings);
      yield '';
    }
    yield* this.#values();
    yield* this.#remedies();
    const lines = [...this.#lines([...noteLines(report), ...staleLines(report)])];
    lines.push(...(detail === 'verbose' ? decisionLines(report) : this.#lines(lockLines(report))));
    yield* lines;
    if (lines.length > 0 && lines.at(-1) !== '') yield '';
  }

  *summary(): Iterable<string> {
    const report = this.#report;
    yield* this.#lines(skippedLines(report));
    yield* this.#lines(totalLines(report));
    yield* this.#lines(refusalLine(report));
    const {next} = this.#style;
    if (next !== undefined) yield `Next: ${next}`;
  }

  *#object(findings: Findings): Iterable<string> {
    const [first] = findings;
    const origin = `(${safeText(originOf(first))})`;
    const title = titleOf(first);
    const head = wrapped(
      [{text: origin, paint: this.#paint.minor}],
      this.#style.width,
      `${title} `,
      2,
    );
    yield `${this.#paint.title(title)} ${head.slice(title.length)}`;
    const told = new Set<string>();
    for (const group of byRule(findings)) {
      if (this.#style.detail === 'verbose') yield* group.map(each => this.#row(each));
      else yield* this.#group(group, told);
    }
  }

  /** All that is known of one finding. */
  #row(finding: Finding): string {
    const {source, rule} = finding;
    const place = source.isLive === undefined ? `${shownLine(source)}:${source.column}` : '';
    const text = `${textOf(finding)}${placeText(finding)}`;
    return this.#entry(finding, [
      {text: safeText(rule), paint: this.#paint.rule},
      ...(place === '' ? [] : [{text: place, paint: this.#paint.minor}]),
      {text: safeText(text)},
    ]);
  }

  /** The findings of one rule; `told` is what the object has already given as evidence. */
  *#group(group: Findings, told: Set<string>): Iterable<string> {
    const [first] = group;
    const {parts, rest} = withNames(
      group.map(finding => ({finding, ...this.#sentences.of(finding)})),
    );
    const isLong =
      parts.length === 1 ? isLongPart(parts[0]) : parts.some(({special}) => !isName(special));
    const names = isLong ? '' : namesOf(parts);
    const count = group.length === 1 ? '' : ` ×${group.length}`;
    const colon = names === '' ? '' : ':';
    yield this.#entry(first, [
      {text: `${safeText(first.rule)}${count}${colon}`, paint: this.#paint.rule},
      ...(names === '' ? [] : [{text: safeText(names)}]),
      ...(isLong ? [] : [{text: placesOf(group), paint: this.#paint.minor}]),
    ]);
    if (isLong) yield* limited(linesOf(parts), mostListed).map(line => this.#below('- ', line));
    for (const text of new Set([rest, ...parts.map(({general}) => general)])) {
      if (text !== '' && isNew(this.#said, text)) yield this.#below('', text);
    }
    const needs = [...new Set(group.flatMap(needsOf))].filter(text => isNew(told, text));
    yield* limited(needs, mostNeeds).map(text => this.#below('', text));
  }

  /** A line with the severity and the outcome in front, and a hanging indent. */
  #entry(finding: Finding, spans: readonly Span[]): string {
    const {severity} = finding;
    const outcome = outcomeOf(finding);
    const first = `  ${severity.padEnd(8)}  ${outcome.padEnd(9)}  `;
    const text = wrapped(spans, this.#style.width, first, this.#indent);
    const {severity: paintSeverity, outcome: paintOutcome} = this.#paint;
    const painted = `  ${paintSeverity(severity, severity.padEnd(8))}  ${paintOutcome(outcome, outcome.padEnd(9))}  `;
    return `${painted}${text.slice(first.length)}`;
  }

  /** A line under an entry. */
  #below(label: string, text: string): string {
    const first = `${' '.repeat(this.#indent)}${label}`;
    return wrapped([{text: safeText(text)}], this.#style.width, first);
  }

  /** On a narrow terminal, text needs the room under the columns. */
  get #indent(): number {
    return this.#style.width < 72 ? 6 : 23;
  }

  /** The values that clear findings. What is to be copied stays on one line. */
  #values(): readonly string[] {
    return valueLines(this.#report).flatMap(line =>
      line.startsWith(optionStart) ? [line] : this.#lines([line]),
    );
  }

  /** The remedy of each rule with remaining findings, once. */
  *#remedies(): Iterable<string> {
    const remedies = remediesOf(this.#report);
    if (remedies.size === 0) return;
    const width = Math.max(...[...remedies.keys()].map(({length}) => length));
    yield 'How to fix the manifests:';
    for (const [rule, remedy] of remedies) {
      const first = `  ${rule.padEnd(width)}  `;
      const text = wrapped([{text: remedy}], this.#style.width, first, Math.min(first.length, 28));
      yield `  ${this.#paint.rule(rule.padEnd(width))}  ${text.slice(first.length)}`;
    }
    yield '';
  }

  #lines(lines: readonly string[]): readonly string[] {
    return lines.map(line => {
      const [first = ''] = /^ */.exec(line) ?? [];
      return wrapped([{text: line.trimStart()}], this.#style.width, first, first.length + 2);
    });
  }
}

interface Part extends Sentence {
  readonly finding: Finding;
}

/**
 * Parts whose special parts are names, and the sentence that these share; the parts as they are if that is not what tells
 * them apart.
 */
function withNames(parts: readonly Part[]): {parts: readonly Part[]; rest: string} {
  const specials = parts.map(({special}) => special);
  const split = specials.every(isName) ? undefined : narrowed(specials);
  if (split === undefined || !split.parts.every(isName)) return {parts, rest: ''};
  return {
    parts: parts.map((part, at) => ({...part, special: split.parts[at] ?? ''})),
    rest: split.rest,
  };
}

/** A longer special part of a message gets a line of its own. */
const longestName = 48;

const isLongPart = (part: Part | undefined): boolean =>
  part !== undefined && part.special.length > longestName;

/** Whether the special part of a message is a short name: more words, or several names, are hard to tell apart in a list. */
function isName(special: string): boolean {
  const words = special
    .replaceAll(/"[^"]*"|`[^`]*`/g, '')
    .split(' ')
    .filter(word => word !== '');
  return (
    special.length <= longestName && words.length <= 2 && !words.some(word => /[,;]/.test(word))
  );
}

/** What tells the findings of a group apart: containers, special parts of the messages, or both. */
function namesOf(parts: readonly Part[]): string {
  const byContainer = new Map<string, Set<string>>();
  for (const {finding, special} of parts) {
    const {container = ''} = finding;
    const names = byContainer.get(container) ?? new Set();
    byContainer.set(container, names);
    if (special !== '') names.add(special);
  }
  const texts = [...byContainer.values()].map(names => some([...names]));
  const [first = ''] = texts;
  const containers = [...byContainer.keys()].filter(name => name !== '');
  const areSame = containers.length === texts.length && texts.every(text => text === first);
  if (areSame && (texts.length > 1 || byContainer.get(containers[0] ?? '')?.size === 1)) {
    return `${first === '' ? '' : `${first} in `}${some(containers)}`;
  }
  const all = [...byContainer.keys()].map((name, at) => `${name} ${texts[at] ?? ''}`.trim());
  return some(
    all.filter(text => text !== ''),
    '; ',
  );
}

/** The special part of each message, with the places where it is true. */
function linesOf(parts: readonly Part[]): readonly string[] {
  const places = new Map<string, Finding[]>();
  for (const {finding, special} of parts) {
    const {container} = finding;
    const whose = container === undefined ? '' : `container "${container}": `;
    const text = special.includes('the container')
      ? special.replace('the container', `container "${container}"`)
      : `${whose}${special}`;
    const known = places.get(text);
    if (known === undefined) places.set(text, [finding]);
    else known.push(finding);
  }
  return [...places].map(
    ([text, [first, ...more]]) => `${text} ${placesOf([first as Finding, ...more])}`,
  );
}

/** `(line 12)`, `(lines 12, 40)`; of a cluster, the fields. */
function placesOf(group: Findings): string {
  const isLive = group[0].source.isLive === true;
  const places = [
    ...new Set(group.map(({source, path}) => (isLive ? safeText(path) : `${shownLine(source)}`))),
  ];
  const noun = isLive ? '' : places.length === 1 ? 'line ' : 'lines ';
  return `(${noun}${some(places)})`;
}

/** What speaks for or against a rewrite that waits, and why something is allowed. */
function needsOf(finding: Finding): readonly string[] {
  const {evidence = [], doubt, reason, waits} = finding;
  const needs = waits === undefined ? [] : evidence;
  return [
    ...needs.map(text => `evidence of need: ${text}`),
    ...(doubt === undefined || waits === undefined
      ? []
      : [`unknown: ${withoutContainer(finding, doubt)}`]),
    ...(reason === undefined ? [] : [`allowed: ${approvalText({...finding, reason})}`]),
  ];
}

const limited = (lines: readonly string[], most: number): readonly string[] =>
  lines.length <= most ? lines : [...lines.slice(0, most), `and ${lines.length - most} more`];

const some = (names: readonly string[], between = ', '): string =>
  names.length <= mostListed
    ? names.join(between)
    : `${names.slice(0, mostListed).join(between)} and ${names.length - mostListed} more`;

function isNew(said: Set<string>, text: string): boolean {
  if (said.has(text)) return false;
  said.add(text);
  return true;
}
