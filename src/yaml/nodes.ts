import type {Json} from '../json.ts';
import * as table from './node-table.ts';

/**
 * A document's nodes with their places in the source. All offsets are UTF-16 code units into the
 * whole stream's text; `end` is exclusive. A node's range holds its own text only: neither its
 * anchor and tag, which begin at `lead`, nor trailing blanks, comments and line breaks (a block scalar's range ends
 * after its last line break).
 */
export type YamlNode = ScalarNode | MappingNode | SequenceNode | AliasNode;

interface NodeBase {
  /** The node's index in its document's table. */
  readonly index: number;
  /** Where its anchor or tag begins, or a key's question mark; `start` where it has none. */
  readonly lead: number;
  readonly start: number;
  readonly end: number;
}

interface ScalarNode extends NodeBase {
  readonly kind: 'scalar';
  readonly style: 'plain' | 'single' | 'double' | 'literal' | 'folded';
}

export interface MappingNode extends NodeBase {
  readonly kind: 'mapping';
  readonly flow: boolean;
  /** The pairs as written, duplicate keys and merge keys included. */
  readonly pairs: readonly Pair[];
}

export interface Pair {
  readonly key: YamlNode;
  /** A value that is left out is an empty plain scalar where its colon ends, or its key. */
  readonly value: YamlNode;
  /** The key as JSON spells it: `yes: 1` has the name "true". A merge key has the name "<<". */
  readonly name: string;
  readonly merge: boolean;
}

export interface SequenceNode extends NodeBase {
  readonly kind: 'sequence';
  readonly flow: boolean;
  readonly items: readonly YamlNode[];
}

export interface AliasNode extends NodeBase {
  readonly kind: 'alias';
  /** The index of the node that it stands for. */
  readonly target: number;
}

/** Whose reading: the API server's, or kustomize's in a KRM ResourceList. */
export type Dialect = 'kubernetes' | 'kyaml';

/** One document of a stream, read. */
export interface YamlDocument {
  /** The whole stream's text, which the nodes' offsets point into. */
  readonly text: string;
  /** The document's range in `text`, without its separator line. */
  readonly start: number;
  readonly end: number;
  readonly nodes: table.NodeTable;
  /** The document's value in sigs.k8s.io/yaml's eyes; null where there is none. */
  readonly value: Json;
  /** What readers disagree on: a duplicate key, a merge key that overrides. */
  readonly ambiguities: readonly Ambiguity[];
  readonly dialect: Dialect;
}

export interface Ambiguity {
  readonly kind: 'duplicate-key' | 'merge-override';
  readonly key: string;
  /** Offset of the later key. */
  readonly offset: number;
}

/** Whether the document holds anything but comments and blanks. */
export const hasContent = ({nodes}: YamlDocument): boolean => nodes.count > 0;

/** The nodes of a document as a tree, made for one that is to change; undefined where it has none. */
export function treeOf(document: YamlDocument): YamlNode | undefined {
  return hasContent(document) ? nodeAt(document, 0) : undefined;
}

const styles = ['plain', 'plain', 'single', 'double', 'literal', 'folded'] as const;

function nodeAt(document: YamlDocument, index: number): YamlNode {
  const {nodes} = document;
  const kind = nodes.kind(index);
  const start = nodes.start(index);
  const place = {index, lead: nodes.leads.get(index) ?? start, start, end: nodes.end(index)};
  if (kind === table.mappingNode || kind === table.flowMappingNode) {
    const pairs = [...childrenOf(nodes, index)].filter((_, at) => at % 2 === 0);
    return {
      kind: 'mapping',
      ...place,
      flow: kind === table.flowMappingNode,
      pairs: pairs.map(key => pairAt(document, key)),
    };
  }
  if (kind === table.sequenceNode || kind === table.flowSequenceNode) {
    const items = [...childrenOf(nodes, index)].map(item => nodeAt(document, item));
    return {kind: 'sequence', ...place, flow: kind === table.flowSequenceNode, items};
  }
  if (kind === table.aliasNode) {
    return {kind: 'alias', ...place, target: nodes.targets.get(index) as number};
  }
  return {kind: 'scalar', ...place, style: styles[kind - table.emptyNode] ?? 'plain'};
}

function pairAt(document: YamlDocument, key: number): Pair {
  const {nodes} = document;
  return {
    key: nodeAt(document, key),
    value: nodeAt(document, nodes.next(key)),
    name: nameOf(document, key),
    merge: nodes.merges.has(key),
  };
}

/** The name of the key at `index`, as JSON spells it. */
export function nameOf({nodes, text}: YamlDocument, index: number): string {
  return nodes.names.get(index) ?? text.slice(nodes.start(index), nodes.end(index));
}

/** The nodes that the collection at `index` holds; of a mapping, keys and values in turns. */
export function* childrenOf(nodes: table.NodeTable, index: number): Iterable<number> {
  for (let child = index + 1; child < nodes.next(index); child = nodes.next(child)) yield child;
}
