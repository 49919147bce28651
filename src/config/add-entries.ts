import {isDeepStrictEqual} from 'node:util';
import {
  isCollection,
  isMap,
  isPair,
  isSeq,
  type Pair,
  parseDocument,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import type {Allowances, PolicyEntry} from '../policy/policy.ts';
import {entryLines, keyed, written} from './entries.ts';

/** A text that replaces the range between two offsets. */
interface Insertion {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

type Entries = readonly PolicyEntry[];

/**
 * The text of a policy file with entries added at the end of its lists `exceptions` and `exposed`,
 * which are created if missing. Nothing else is changed: comments, order and style are kept. `hint`
 * is a line that follows each entry in a block list.
 *
 * Undefined if the entries cannot be inserted into the text as it is written, for example if a list
 * is an alias. The result is parsed again and compared.
 */
export function withEntries(text: string, allowances: Allowances, hint = ''): string | undefined {
  let result: string | undefined = text;
  for (const [key, entries] of keyed(allowances)) {
    if (result !== undefined) result = withItems({text: result, key, entries, hint});
  }
  return result !== undefined && isAsExpected(text, result, allowances) ? result : undefined;
}

/** The edits to make. */
interface Task {
  readonly text: string;
  readonly key: string;
  readonly entries: Entries;
  readonly hint: string;
}

/** The text with the entries of one key. */
function withItems(task: Task): string | undefined {
  const {text} = task;
  const document = parseDocument(text);
  const holder = document.errors.length > 0 ? undefined : holderOf(document.contents);
  const insertion = holder === undefined ? undefined : insertionOf(task, holder);
  if (insertion === undefined) return undefined;
  const {start, end, text: added} = insertion;
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n';
  return `${text.slice(0, start)}${added.replaceAll('\n', lineEnd)}${text.slice(end)}`;
}

/** The mapping of the policy; `none` if the file is empty. */
function holderOf(root: unknown): YAMLMap | 'none' | undefined {
  if (root === null) return 'none';
  if (!isMap(root)) return undefined;
  if (!(root.has('kind') && root.has('apiVersion'))) return root as YAMLMap;
  const spec = root.get('spec');
  return isMap(spec) ? (spec as YAMLMap) : undefined;
}

function insertionOf(task: Task, holder: YAMLMap | 'none'): Insertion | undefined {
  const {text, key, entries} = task;
  if (holder === 'none') return lines(text, text.length, newKey(task, ''));
  const [own = '', ...inner] = key.split('.');
  const pair = holder.items.find(each => String(each.key) === own) as Pair | undefined;
  if (pair === undefined) return keyInto(task, holder);
  const {value} = pair;
  if (inner.length > 0 && isMap(value)) {
    return insertionOf({...task, key: inner.join('.')}, value as YAMLMap);
  }
  if (isSeq(value)) return value.flow === true ? flowItems(value, entries) : itemsInto(task, value);
  const range = rangeOf(value);
  if (range === undefined || (value as {value?: unknown}).value !== null) return undefined;
  if (holder.flow === true) {
    const list = inFlow(inner, entries);
    return {start: range[0], end: range[1], text: `${separator(text, range[0])}${list}`};
  }
  const indent = `${' '.repeat(columnOf(text, rangeOf(pair.key)?.[0] ?? 0))}  `;
  const content =
    inner.length > 0 ? newKey({...task, key: inner.join('.')}, indent) : blockItems(task, indent);
  const {start, text: items} = lines(text, range[1], content);
  return {start: range[0], end: start, text: `${text.slice(range[1], start)}${items}`};
}

/** The key with its list, at the end of the mapping. */
function keyInto(task: Task, holder: YAMLMap): Insertion | undefined {
  const {text, key, entries} = task;
  const last = holder.items.at(-1);
  const end = last === undefined ? undefined : (endOf(last.value) ?? rangeOf(last.key)?.[1]);
  if (holder.flow === true || last === undefined) {
    const [own = '', ...inner] = key.split('.');
    const list = `${JSON.stringify(own)}: ${inFlow(inner, entries)}`;
    const start = end ?? (rangeOf(holder)?.[0] ?? 0) + 1;
    return {start, end: start, text: last === undefined ? list : `, ${list}`};
  }
  const column = columnOf(text, rangeOf(last.key)?.[0] ?? 0);
  return lines(
    text,
    afterComments(text, end ?? text.length, column),
    newKey(task, ' '.repeat(column)),
  );
}

/** Items at the end of a block list. */
function itemsInto(task: Task, list: YAMLSeq): Insertion | undefined {
  const {text} = task;
  const range = rangeOf(list);
  const end = endOf(list);
  if (range === undefined || end === undefined) return undefined;
  const column = columnOf(text, range[0]);
  const at = afterComments(text, end, column + 1);
  return lines(text, at, blockItems(task, ' '.repeat(column)));
}

/** Items at the end of a flow list. */
function flowItems(list: YAMLSeq, entries: Entries): Insertion | undefined {
  const last = rangeOf(list.items.at(-1));
  const start = last?.[1] ?? (rangeOf(list)?.[0] ?? 0) + 1;
  const items = flow(entries).slice(1, -1);
  return {start, end: start, text: last === undefined ? items : `, ${items}`};
}

function newKey(task: Task, indent: string): readonly string[] {
  const keys = task.key.split('.');
  return [
    ...keys.map((key, depth) => `${indent}${'  '.repeat(depth)}${key}:`),
    ...blockItems(task, `${indent}${'  '.repeat(keys.length)}`),
  ];
}

const blockItems = ({entries, hint}: Task, indent: string): readonly string[] =>
  entries.flatMap(entry => [
    ...entryLines(entry, indent),
    ...(hint === '' || 'from' in entry || entry.expires !== undefined
      ? []
      : [`${indent}  ${hint}`]),
  ]);

/** JSON, which is also YAML. */
const flow = (entries: Entries): string => JSON.stringify(entries.map(written));

/** The same below `keys`. */
const inFlow = (keys: readonly string[], entries: Entries): string =>
  keys.reduceRight((text, key) => `{${JSON.stringify(key)}: ${text}}`, flow(entries));

const separator = (text: string, at: number): string => (text[at - 1] === ':' ? ' ' : '');

/** Whole lines, inserted after the line that ends at or after `at`. */
function lines(text: string, at: number, added: readonly string[]): Insertion {
  const isAtLineStart = at === 0 || text[at - 1] === '\n';
  const end = text.indexOf('\n', at);
  const start = isAtLineStart ? at : end === -1 ? text.length : end + 1;
  const isOpen = start > 0 && text[start - 1] !== '\n';
  return {start, end: start, text: `${isOpen ? '\n' : ''}${added.join('\n')}\n`};
}

/**
 * The offset after the comments that follow `at` and are indented by at least `column`: they belong
 * to what precedes.
 */
function afterComments(text: string, at: number, column: number): number {
  let {start} = lines(text, at, []);
  for (;;) {
    const end = text.indexOf('\n', start);
    const line = text.slice(start, end === -1 ? text.length : end);
    const indent = line.search(/\S/);
    if (line[indent] !== '#' || indent < column) return start;
    if (end === -1) return text.length;
    start = end + 1;
  }
}

const columnOf = (text: string, at: number): number => at - (text.lastIndexOf('\n', at - 1) + 1);

type Range = readonly [start: number, valueEnd: number, nodeEnd: number];

const rangeOf = (node: unknown): Range | undefined =>
  (node as {readonly range?: Range | null} | null | undefined)?.range ?? undefined;

/**
 * Where the last text of a node ends: the ranges of collections include the comments that follow.
 */
function endOf(node: unknown): number | undefined {
  if (!isCollection(node) || node.flow === true) return rangeOf(node)?.[1];
  const last = node.items.at(-1);
  return isPair(last) ? (endOf(last.value) ?? rangeOf(last.key)?.[1]) : endOf(last);
}

/** Whether `after` equals `before` plus the entries at the end of its lists. */
function isAsExpected(before: string, after: string, allowances: Allowances): boolean {
  const read = parseDocument(after);
  if (read.errors.length > 0) return false;
  const expected = (parseDocument(before).toJS() ?? {}) as Record<string, unknown>;
  const isNested = 'kind' in expected && 'apiVersion' in expected;
  const policy = (isNested ? expected['spec'] : expected) as Record<string, unknown>;
  for (const [key, entries] of keyed(allowances)) {
    const keys = key.split('.');
    const last = keys.pop() ?? '';
    let holder = policy;
    for (const each of keys) {
      holder[each] = {...(holder[each] as Record<string, unknown> | null | undefined)};
      holder = holder[each] as Record<string, unknown>;
    }
    holder[last] = [...((holder[last] ?? []) as readonly unknown[]), ...entries.map(written)];
  }
  return isDeepStrictEqual(read.toJS(), JSON.parse(JSON.stringify(expected)));
}
