import {type Edit, withoutHoles} from '../../src/edits.ts';
import {isList, isMap, isSameJson, type Json, type Path, valueAt} from '../../src/json.ts';
import {dashesOf} from '../../src/yaml/edit-block.ts';
import * as table from '../../src/yaml/node-table.ts';
import {childrenOf, treeOf, type YamlDocument, type YamlNode} from '../../src/yaml/nodes.ts';

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
 * its order. What an alias or a merge key brings is concerned by edits of what they name.
 */
export function lostLine(
  document: YamlDocument,
  text: string,
  edits: readonly Edit[],
  hardened: Json,
): string | undefined {
  if (mayBeWrittenAnew(document)) return undefined;
  const isEmptied = isSameJson(withoutHoles(hardened), {});
  const named = [
    ...edits.flatMap(({path}) => concerned(document, path, hardened)),
    ...sharersIn(document),
  ];
  const prefixes = named.map(({start}) => prefixOf(document.text, start)).filter(isDashed);
  // The end of a line that stays and the break of one that goes may make one line break.
  const isLoose = /\r(?!\n)/.test(document.text);
  const after = linesOf(text, 0, text.length).map(line => line.text);
  let next = 0;
  let below: Range | undefined;
  for (const line of linesOf(document.text, document.start, document.end)) {
    const concerning = named.find(range => overlap(range, line));
    below = concerning ?? below;
    if (concerning !== undefined) continue;
    const isBlank = /^[\s\u0085]*$/.test(line.text);
    if (below !== undefined && (isBlank || isCommentOf(below, document.text, line))) continue;
    below = undefined;
    const isKept = (other: string) =>
      other === line.text ||
      isEmptiedAs(withoutBreak(line.text), withoutBreak(other)) ||
      withoutBreak(other) === (isLoose ? withoutBreak(line.text) : line.text) ||
      prefixes.some(prefix => withoutBreak(other) === prefix + withoutBreak(line.text).trimStart());
    if ((isLoose || isEmptied) && isBlank) continue;
    const at = after.findIndex((other, index) => index >= next && isKept(other));
    if (at === -1) return `the line ${JSON.stringify(line.text)} is lost`;
    next = at + 1;
  }
  return undefined;
}

/** Whether the key of a block collection stays, with an empty flow collection for its value, and its comment. */
function isEmptiedAs(line: string, other: string): boolean {
  const [, key, comment = ''] = /^(.*?:)(?:\s+[&!]\S*)*(\s+#.*)?\s*$/.exec(line) ?? [];
  return key !== undefined && [`${key} {}${comment}`, `${key} []${comment}`].includes(other);
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
    // Of a block that is emptied, the key's line stays, and holds the empty collection.
    if (isEmptyCollection(now) && !isEmptyCollection(old)) {
      return children.map(({range, node: {start}}) => ({
        start: Math.max(range.start, below(text, range, start)),
        end: range.end,
      }));
    }
    node = child.node;
  }
  return node.kind !== 'alias' && node.kind !== 'scalar' && node.flow ? [outer(node)] : [];
}

const outer = ({lead, end}: YamlNode): Range => ({start: lead, end});

const isOfOneKind = (one: Json | undefined, other: Json): boolean =>
  (isMap(one) && isMap(other)) || (isList(one) && isList(other));

const isEmptyCollection = (value: Json | undefined): boolean =>
  isSameJson(withoutHoles(value ?? null), {}) || isSameJson(withoutHoles(value ?? null), []);

/** The start of the line below the key of an entry, which may be blank; of an entry on one line, its value's start. */
function below(text: string, {start}: Range, value: number): number {
  const keyLine = new RegExp(`[^\\n\\r\\u0085\\u2028\\u2029]*(?:${lineBreak})`, 'y');
  keyLine.lastIndex = start;
  return Math.min(keyLine.exec(text) === null ? value : keyLine.lastIndex, value);
}

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

/** Whether `comment`, below what is named, stands further in: it may go with it. */
const isCommentOf = (range: Range, text: string, comment: Line): boolean =>
  /^ *#/.test(comment.text) && comment.text.indexOf('#') > prefixOf(text, range.start).length;

/**
 * Where keys stand twice and nodes are shared as well, or a merge key overrides what stands there; where an alias is a key; where a tab begins a
 * line, which only some scalars allow; where a line would be a separator if it came first, or is blank to Helm; where a
 * line break of Unicode's comes first; where
 * a block scalar keeps the empty lines that follow, or may take in a last line of spaces without a line end.
 */
const mayBeWrittenAnew = (document: YamlDocument): boolean =>
  (document.ambiguities.length > 0 && document.nodes.targets.size > 0) ||
  document.ambiguities.some(({kind}) => kind === 'merge-override') ||
  hasAliasKeys(document) ||
  // What is left of it may end in two carriage returns, which is refused.
  document.text.endsWith('\r') ||
  (/\n +$/.test(document.text) && /[|>]/.test(document.text)) ||
  /^\s*[\u0085\u2028\u2029]/.test(document.text.slice(document.start)) ||
  /^(?: *\t|\s+---)|[\r\u0085\u2028\u2029]---|[|>]\d?\+|[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/m.test(
    document.text,
  );

function hasAliasKeys({nodes}: YamlDocument): boolean {
  for (let index = 0; nodes.targets.size > 0 && index < nodes.count; index++) {
    const isMapping = [table.mappingNode, table.flowMappingNode].includes(nodes.kind(index));
    if (!isMapping) continue;
    const keys = [...childrenOf(nodes, index)].filter((_, at) => at % 2 === 0);
    if (keys.some(key => nodes.targets.has(key))) return true;
  }
  return false;
}

/** The pairs and items that are aliases or merge keys. */
function sharersIn({nodes, text}: YamlDocument): readonly Range[] {
  const aliases = [...nodes.targets.keys()].map(index => {
    const isValue = /^\s*:/.test(text.slice(nodes.end(index - 1), nodes.start(index)));
    return {start: nodes.start(isValue ? index - 1 : index), end: nodes.end(index)};
  });
  const merges = [...nodes.merges].map(key => ({
    start: nodes.leads.get(key) ?? nodes.start(key),
    end: nodes.end(nodes.next(key)),
  }));
  return [...aliases, ...merges];
}
