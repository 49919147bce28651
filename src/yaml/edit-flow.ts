import {withoutHoles} from '../edits.ts';
import {isList, isMap, type Json, type JsonList, type JsonMap} from '../json.ts';
import type {MappingNode, SequenceNode, YamlNode} from './nodes.ts';
import {NotSurgicalError, type SourceEdits} from './source-edits.ts';

/** Edits the content of a collection, whatever its style. */
interface ValueEditor {
  /** The text after a comma. */
  readonly space: string;
  edit(node: YamlNode, before: Json, after: Json): void;
  /** `value` in flow style; in JSON, as JSON. */
  flow(value: Json): string;
}

/**
 * Edits within a flow collection: entries are removed with their commas, and new ones are added
 * after the last. Returns false, without an edit, if the collection must be replaced as a whole: it
 * is not a collection, or was or will be empty.
 *
 * @throws {NotSurgicalError} if an entry has no value to edit
 */
export function editFlow(
  node: YamlNode,
  before: Json,
  after: Json,
  edits: SourceEdits,
  editor: ValueEditor,
): boolean {
  if (node.kind === 'mapping' && isMap(before) && isMap(after)) {
    return editMapping(node, before, after, edits, editor);
  }
  if (node.kind === 'sequence' && isList(before) && isList(after)) {
    return editSequence(node, before, after, edits, editor);
  }
  return false;
}

interface Entry {
  readonly start: number;
  readonly end: number;
  readonly isKept: boolean;
}

function editMapping(
  node: MappingNode,
  before: JsonMap,
  after: JsonMap,
  edits: SourceEdits,
  editor: ValueEditor,
): boolean {
  const entries = node.pairs.map(({key, value, name, merge}) => ({
    start: key.lead,
    end: value.end,
    isKept: merge || Object.hasOwn(after, name),
  }));
  const added = Object.keys(after)
    .filter(key => !Object.hasOwn(before, key))
    .map(key => editor.flow({[key]: withoutHoles(after[key] as Json)}).slice(1, -1));
  if (!editEntries(node, entries, added, edits, editor)) return false;
  const last = new Map(node.pairs.map(pair => [pair.name, pair]));
  for (const [name, {value, merge}] of last) {
    if (merge || !Object.hasOwn(after, name) || before[name] === after[name]) continue;
    if (value.start === value.end) throw new NotSurgicalError();
    editor.edit(value, before[name] as Json, after[name] as Json);
  }
  return true;
}

function editSequence(
  node: SequenceNode,
  before: JsonList,
  after: JsonList,
  edits: SourceEdits,
  editor: ValueEditor,
): boolean {
  const entries = node.items.map(({lead, end}, index) => ({
    start: lead,
    end,
    isKept: after[index] !== undefined,
  }));
  const added = after.slice(node.items.length).map(item => editor.flow(withoutHoles(item as Json)));
  if (!editEntries(node, entries, added, edits, editor)) return false;
  for (const [index, item] of node.items.entries()) {
    const [old, now] = [before[index] as Json, after[index]];
    if (now !== undefined && old !== now) editor.edit(item, old, now);
  }
  return true;
}

function editEntries(
  node: YamlNode,
  entries: readonly Entry[],
  added: readonly string[],
  edits: SourceEdits,
  editor: ValueEditor,
): boolean {
  const last = entries.findLast(({isKept}) => isKept);
  if (last === undefined) return false;
  for (const [index, entry] of entries.entries()) {
    const next = entries[index + 1];
    if (entry.isKept) continue;
    if (entry.start < last.start && next !== undefined) edits.replace(entry.start, next.start, '');
    else if (entry === entries.at(-1)) edits.replace(last.end, entry.end, '');
  }
  const first = entries[0] as Entry;
  // On its own line if the first entry is, without the comments above that one.
  const [between] = /\r?\n[ \t]*$/.exec(edits.text.slice(node.start + 1, first.start)) ?? [
    editor.space,
  ];
  if (added.length > 0) {
    edits.replace(last.end, last.end, added.map(text => `,${between}${text}`).join(''));
  }
  return true;
}
