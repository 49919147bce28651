import type {Finding} from '../../findings/finding.ts';

/** A message in two parts: what it says about this finding only, and what about every finding of its rule. */
export interface Sentence {
  /** Empty if the message says nothing but `general`. */
  readonly special: string;
  /** With an ellipsis in the place of `special`. Empty if all of the message is special. */
  readonly general: string;
}

/**
 * Splits the messages of findings, so that what they share is said once: the same first and last words, or else what
 * follows a colon. The name of the container, which a table lists, counts as shared.
 */
export class Sentences {
  readonly #shared = new Map<string, Shared>();

  constructor(findings: readonly Finding[]) {
    for (const finding of findings) {
      const text = withoutContainer(finding, finding.message);
      const shared = this.#shared.get(finding.rule);
      if (shared === undefined) this.#shared.set(finding.rule, sharedIn(text));
      else if (text !== shared.text) shorten(shared, text);
    }
  }

  of(finding: Finding): Sentence {
    const text = withoutContainer(finding, finding.message);
    const shared = this.#shared.get(finding.rule);
    if (shared === undefined || !shared.isSplit) return {special: '', general: text};
    const [special, general] = splitByWords(text, shared) ?? splitAtColon(text) ?? [text, ''];
    return {special, general};
  }
}

/** What differs in some texts, and the rest, with an ellipsis in its place. */
interface Narrowed {
  /** For each text, the words that differ. */
  readonly parts: readonly string[];
  readonly rest: string;
}

/** What texts begin and end with, told apart from the rest; undefined if that is not the same for all, or cuts a quoted text. */
export function narrowed(texts: readonly string[]): Narrowed | undefined {
  const [first, ...others] = texts;
  if (first === undefined || others.every(text => text === first)) return undefined;
  const shared = sharedIn(first);
  for (const text of others) if (text !== first) shorten(shared, text);
  const {head, tail, words} = shared;
  const lengths = texts.map(text => text.split(' ').length);
  if (head + tail === 0 || head + tail >= Math.min(...lengths)) return undefined;
  const begin = words.slice(0, head).join(' ');
  const end = tail === 0 ? '' : words.slice(-tail).join(' ');
  const parts = texts.map((text, at) =>
    text
      .split(' ')
      .slice(head, (lengths[at] ?? 0) - tail)
      .join(' '),
  );
  if (![begin, end, ...parts].every(isWhole)) return undefined;
  return {parts, rest: `${begin} … ${end}`.trim()};
}

/** `text` with the container that a finding is about called so. */
export const withoutContainer = ({container}: Finding, text: string): string =>
  container === undefined ? text : text.replaceAll(`container "${container}"`, 'the container');

/** What all messages of a rule begin and end with. */
interface Shared {
  readonly text: string;
  readonly words: readonly string[];
  /** The numbers of first and of last words. */
  head: number;
  tail: number;
  /** Whether there is more than one message. */
  isSplit: boolean;
}

function sharedIn(text: string): Shared {
  const words = text.split(' ');
  return {text, words, head: words.length, tail: words.length, isSplit: false};
}

function shorten(shared: Shared, text: string): void {
  const {words} = shared;
  const others = text.split(' ');
  const most = Math.min(words.length, others.length);
  const run = (from: number, isSame: (at: number) => boolean) => {
    let length = 0;
    while (length < Math.min(from, most) && isSame(length)) length++;
    return length;
  };
  shared.head = run(shared.head, at => words[at] === others[at]);
  shared.tail = run(shared.tail, at => words.at(-1 - at) === others.at(-1 - at));
  shared.isSplit = true;
}

/** Fewer last words are no sentence. */
const fewestShared = 3;

/** Undefined if the messages share less than what follows the colon. */
function splitByWords(text: string, {head, tail}: Shared): readonly [string, string] | undefined {
  const words = text.split(' ');
  if (tail < fewestShared || head + tail >= words.length) return undefined;
  const [begin, special, end] = [
    words.slice(0, head),
    words.slice(head, words.length - tail),
    words.slice(words.length - tail),
  ].map(part => part.join(' ')) as [string, string, string];
  const why = splitAtColon(text)?.[1] ?? '';
  if (!isWhole(begin) || !isWhole(special) || end.length < why.length) return undefined;
  const gap = special.endsWith(':') ? '…:' : '…';
  return [special.replace(/:$/, ''), `${begin === '' ? '' : `${begin} `}${gap} ${end}`];
}

function splitAtColon(text: string): readonly [string, string] | undefined {
  for (let at = text.indexOf(': '); at !== -1; at = text.indexOf(': ', at + 1)) {
    if (isWhole(text.slice(0, at))) return [text.slice(0, at), text.slice(at + 2)];
  }
  return undefined;
}

/** Whether no quoted text is cut. */
const isWhole = (text: string): boolean =>
  ['`', '"'].every(quote => text.split(quote).length % 2 === 1);
