import {withoutHoles} from '../edits.ts';
import {isList, isMap, type Json, type JsonMap} from '../json.ts';
import type {BlockEditor} from './edit-block.ts';
import * as table from './node-table.ts';
import {
  type AliasNode,
  childrenOf,
  type MappingNode,
  nameOf,
  type Pair,
  type YamlDocument,
  type YamlNode,
} from './nodes.ts';
import type {SourceEdits} from './source-edits.ts';

/** A place that shares a node with its anchor: an alias, or a merge key. */
interface Sharer {
  /** The indices of the shared nodes. */
  readonly targets: readonly number[];
  readonly start: number;
  readonly end: number;
  /** Whether its own value was changed, so that it can no longer share. */
  readonly isChanged: boolean;
  readonly writeOut: () => void;
}

/**
 * Expands aliases and merge keys if the shared node was edited for another place, or must differ
 * here: an edit changes only its own place. The edits at the anchors have been made already.
 */
export function separateShared(
  document: YamlDocument,
  root: YamlNode,
  after: Json,
  edits: SourceEdits,
  editor: BlockEditor,
): void {
  if (document.nodes.targets.size === 0 && document.nodes.merges.size === 0) return;
  let waiting = [...sharersIn(document, root, document.value, after, editor)];
  for (let isDone = false; !isDone; ) {
    const covers = edits.coverage();
    const due = waiting.filter(sharer => isDue(document, sharer, covers, editor));
    for (const {start, end, writeOut} of due) if (!covers(start, end)) writeOut();
    const written = new Set(due);
    waiting = waiting.filter(sharer => !written.has(sharer));
    isDone = due.length === 0;
  }
}

const isDue = (
  {nodes}: YamlDocument,
  {targets, isChanged}: Sharer,
  covers: (start: number, end: number) => boolean,
  {edited}: BlockEditor,
): boolean =>
  isChanged ||
  targets.some(target => edited.has(target) || covers(nodes.start(target), nodes.end(target)));

function* sharersIn(
  document: YamlDocument,
  node: YamlNode,
  before: Json,
  after: Json,
  editor: BlockEditor,
): Iterable<Sharer> {
  if (node.kind === 'mapping' && isMap(before) && isMap(after)) {
    const lastOf = new Map(node.pairs.map(({name}, index) => [name, index]));
    for (const [index, pair] of node.pairs.entries()) {
      const isOwn = (name: string) =>
        document.dialect === 'kyaml' ? lastOf.has(name) : (lastOf.get(name) ?? -1) > index;
      if (pair.merge) yield mergeSharer(document, node, index, isOwn, before, after, editor);
      else if (Object.hasOwn(after, pair.name)) {
        const values = [before[pair.name] as Json, after[pair.name] as Json] as const;
        if (pair.value.kind === 'alias') yield aliasSharer(pair.value, values, pair, node, editor);
        else yield* sharersIn(document, pair.value, ...values, editor);
      }
    }
  } else if (node.kind === 'sequence' && isList(before) && isList(after)) {
    for (const [index, item] of node.items.entries()) {
      if (after[index] === undefined) continue;
      const values = [before[index] as Json, after[index] as Json] as const;
      if (item.kind === 'alias') yield aliasSharer(item, values, undefined, node, editor);
      else yield* sharersIn(document, item, ...values, editor);
    }
  }
}

const aliasSharer = (
  alias: AliasNode,
  [before, after]: readonly [Json, Json],
  pair: Pair | undefined,
  parent: YamlNode,
  editor: BlockEditor,
): Sharer => ({
  targets: [alias.target],
  start: alias.start,
  end: alias.end,
  isChanged: before !== after,
  writeOut: () => editor.writeOut(alias, withoutHoles(after), pair, parent),
});

function mergeSharer(
  document: YamlDocument,
  parent: MappingNode,
  index: number,
  isOwn: (name: string) => boolean,
  before: JsonMap,
  after: JsonMap,
  editor: BlockEditor,
): Sharer {
  const pair = parent.pairs[index] as Pair;
  const sources = mergedNodes(document, pair.value.index);
  const names = [...new Set(sources.flatMap(source => namesIn(document, source)))];
  const brought = names.filter(name => !isOwn(name));
  return {
    targets: sources,
    start: pair.key.start,
    end: pair.value.end,
    isChanged: brought.some(name => before[name] !== after[name]),
    writeOut: () => editor.writeOutMerge(parent, index, brought, after),
  };
}

/** The mappings in the value of a merge key. */
function mergedNodes({nodes}: YamlDocument, value: number): readonly number[] {
  const target = nodes.targets.get(value);
  if (target !== undefined) return [target];
  const isSequence = [table.sequenceNode, table.flowSequenceNode].includes(nodes.kind(value));
  if (!isSequence) return [value];
  return [...childrenOf(nodes, value)].map(item => nodes.targets.get(item) ?? item);
}

/** The names in a mapping, its own or through merge keys. */
function namesIn(document: YamlDocument, mapping: number): readonly string[] {
  const {nodes} = document;
  const names: string[] = [];
  for (let key = mapping + 1; key < nodes.next(mapping); key = nodes.next(nodes.next(key))) {
    if (!nodes.merges.has(key)) names.push(nameOf(document, key));
    else {
      for (const source of mergedNodes(document, nodes.next(key))) {
        names.push(...namesIn(document, source));
      }
    }
  }
  return names;
}
