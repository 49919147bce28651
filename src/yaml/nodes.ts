import type {Json} from '../json.ts';
import * as table from './node-table.ts';

/**
 * The nodes of a document with their positions in the source. All offsets are UTF-16 code units in
 * the text of the whole stream; `end` is exclusive. The range of a node contains only its own text:
 * neither its anchor and tag, which begin at `lead`, nor trailing white space, comments and line
 * breaks (the range of a block scalar ends after its last line break).
 */
export type YamlNode = ScalarNode | MappingNode | SequenceNode | AliasNode;

interface NodeBase {
  /** The index of the node in the table of its document. */
  readonly index: number;
  /** The offset of its anchor or tag, or the question mark of a key; otherwise `start`. */
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
  /** The pairs as written, including duplicate keys and merge keys. */
  readonly pairs: readonly Pair[];
}

export interface Pair {
  readonly key: YamlNode;
  /** A missing value is an empty plain scalar at the end of its colon, or of its key. */
  readonly value: YamlNode;
  /** The key as in JSON: `yes: 1` has the name "true". A merge key has the name "<<". */
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
  /** The index of its target node. */
  readonly target: number;
}

/** The dialect: that of the API server, or that of kustomize in a KRM ResourceList. */
export type Dialect = 'kubernetes' | 'kyaml';

/** One parsed document of a stream. */
export interface YamlDocument {
  /** The text of the whole stream, to which the offsets of nodes refer. */
  readonly text: string;
  /** The range of the document in `text`, without its separator line. */
  readonly start: number;
  readonly end: number;
  readonly nodes: table.NodeTable;
  /** The value of the document as sigs.k8s.io/yaml reads it; null if there is none. */
  readonly value: Json;
  /** What parsers disagree on: duplicate keys, merge keys that override. */
  readonly ambiguities: readonly Ambiguity[];
  readonly dialect: Dialect;
}

export interface Ambiguity {
  readonly kind: 'duplicate-key' | 'merge-override';
  readonly key: string;
  /** Offset of the later key. */
  readonly offset: number;
}

/** Whether the document contains more than comments and white space. */
export const hasContent = ({nodes}: YamlDocument): boolean => nodes.count > 0;

/**
 * The nodes of a document as a tree, built only for a document that changes; undefined if it has
 * none.
 */
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

/** The name of the key at `index`, as in JSON. */
export function nameOf({nodes, text}: YamlDocument, index: number): string {
  return nodes.names.get(index) ?? text.slice(nodes.start(index), nodes.end(index));
}

/** The child nodes of the collection at `index`; for a mapping, keys and values alternate. */
export function* childrenOf(nodes: table.NodeTable, index: number): Iterable<number> {
  for (let child = index + 1; child < nodes.next(index); child = nodes.next(child)) yield child;
}
