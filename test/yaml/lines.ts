import type {Edit} from '../../src/edits.ts';
import {isList, isMap, type Json, type Path, valueAt} from '../../src/json.ts';
import {dashesOf} from '../../src/yaml/edit-block.ts';
import {treeOf, type YamlDocument, type YamlNode} from '../../src/yaml/nodes.ts';

interface Range {
  readonly start: number;
  readonly end: number;
}

interface Concerned extends Range {
  readonly isRemoved?: boolean;
}

interface Line extends Range {
  /** With its line break. */
  readonly text: string;
}

/**
 * The first line of `document` that no edit concerns and that does not stand in `text` as it was, in
 * its order. What an alias or a merge key brings is concerned by edits of what they name. Where keys
 * stand twice and nodes are shared as well, and where a tab begins a line, which only some scalars allow,
 * the object may be written anew, and nothing is said.
 */
export function lostLine(
  document: YamlDocument,
  text: string,
  edits: readonly Edit[],
  hardened: Json,
): string | undefined {
  const {nodes, ambiguities} = document;
  if (ambiguities.length > 0 && nodes.targets.size > 0) return undefined;
  if (/^ *\t/m.test(document.text)) return undefined;
  const named = [
    ...edits.flatMap(({path}) => concerned(document, path, hardened)),
    ...sharersIn(document),
  ];
  const prefixes = named.map(({start}) => prefixOf(document.text, start)).filter(isDashed);
  // The end of a line that stays and the break of one that goes may make one line break.
  const isLoose = /\r(?!\n)/.test(document.text);
  const after = linesOf(text, 0, text.length).map(line => line.text);
  let next = 0;
  for (const line of linesOf(document.text, document.start, document.end)) {
    if (named.some(range => overlap(range, line))) continue;
    const isKept = (other: string) =>
      other === line.text ||
      withoutBreak(other) === (isLoose ? withoutBreak(line.text) : line.text) ||
      prefixes.some(prefix => other === prefix + line.text.trimStart());
    if (isLoose && withoutBreak(line.text) === '') continue;
    const at = after.findIndex((other, index) => index >= next && isKept(other));
    if (at === -1) return `the line ${JSON.stringify(line.text)} is lost`;
    next = at + 1;
  }
  return undefined;
}

/** A comment, of those that `documents` numbers, that stands in `text` beside nothing: what it was beside is gone. */
export function leftComment(
  document: YamlDocument,
  text: string,
  edits: readonly Edit[],
  hardened: Json,
): string | undefined {
  const removed = edits
    .flatMap(({path}) => concerned(document, path, hardened))
    .filter(({isRemoved}) => isRemoved);
  for (const {start, end} of removed) {
    for (const [comment] of document.text.slice(start, end).matchAll(/# note \d+\b/g)) {
      if (new RegExp(`${comment}\\b`).test(text)) return `the comment ${comment} is left`;
    }
  }
  return undefined;
}

const lineBreak = '\\r\\n|[\\n\\r\\u0085\\u2028\\u2029]';

function linesOf(text: string, start: number, end: number): readonly Line[] {
  let at = start;
  return text
    .slice(start, end)
    .split(new RegExp(`(?<=${lineBreak})(?<!\\r(?=\\n))`))
    .map(line => {
      const place = {start: at, end: at + line.length, text: line};
      at = place.end;
      return place;
    });
}

const withoutBreak = (line: string): string => line.replace(new RegExp(`(?:${lineBreak})$`), '');

const overlap = (range: Range, line: Range): boolean =>
  range.start < line.end && range.end > line.start;

const prefixOf = (text: string, offset: number): string =>
  /[^\n\r\u0085\u2028\u2029]*$/.exec(text.slice(0, offset))?.[0] ?? '';

const isDashed = (prefix: string): boolean => prefix.trim() !== '';

/**
 * The text of the outermost node on `path` that an edit removes, or of the innermost that is there
 * and not only added to. Of a key that stands twice, both pairs.
 */
function concerned(document: YamlDocument, path: Path, after: Json): readonly Concerned[] {
  const {text, value: before} = document;
  let node = treeOf(document) as YamlNode;
  for (const [depth, step] of path.entries()) {
    if (node.kind === 'alias' || node.kind === 'scalar' || node.flow) return [outer(node)];
    const children = childrenAt(text, node, step);
    const child = children.at(-1);
    if (child === undefined) return [];
    const taken = path.slice(0, depth + 1);
    const [old, now] = [valueAt(before, taken), valueAt(after, taken)];
    const isLast = depth === path.length - 1;
    if (now === undefined || !isOfOneKind(old, now) || (isLast && !isAddedTo(old, now))) {
      return children.map(({range}) => ({...range, isRemoved: now === undefined}));
    }
    node = child.node;
  }
  return node.kind !== 'alias' && node.kind !== 'scalar' && node.flow ? [outer(node)] : [];
}

const outer = ({lead, end}: YamlNode): Range => ({start: lead, end});

const isOfOneKind = (one: Json | undefined, other: Json): boolean =>
  (isMap(one) && isMap(other)) || (isList(one) && isList(other));

const isAddedTo = (old: Json | undefined, now: Json): boolean =>
  isList(old) && isList(now) && old.every((item, index) => item === now[index]);

function childrenAt(
  text: string,
  node: YamlNode,
  step: string | number,
): readonly {readonly range: Range; readonly node: YamlNode}[] {
  if (node.kind === 'sequence' && typeof step === 'number') {
    const item = node.items[step];
    if (item === undefined) return [];
    const start = dashesOf(node, text)[step] as number;
    return [{range: {start, end: item.end}, node: item}];
  }
  if (node.kind !== 'mapping') return [];
  return node.pairs
    .filter(({name}) => name === step)
    .map(({key, value}) => ({range: {start: key.lead, end: value.end}, node: value}));
}

/** The pairs and items that are aliases or merge keys. */
function sharersIn({nodes}: YamlDocument): readonly Range[] {
  const aliases = [...nodes.targets.keys()].map(index => ({
    start: nodes.start(index),
    end: nodes.end(index),
  }));
  const merges = [...nodes.merges].map(key => ({
    start: nodes.leads.get(key) ?? nodes.start(key),
    end: nodes.end(nodes.next(key)),
  }));
  return [...aliases, ...merges];
}
