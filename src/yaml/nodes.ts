import type {Json} from '../json.ts';

/**
 * A document's nodes with their places in the source. All offsets are UTF-16 code units into the
 * whole stream's text; `end` is exclusive. A node's range holds its own text only: neither its
 * anchor and tag, nor trailing blanks, comments and line breaks (a block scalar's range ends
 * after its last line break).
 */
export type YamlNode = ScalarNode | MappingNode | SequenceNode | AliasNode;

interface NodeBase {
  readonly start: number;
  readonly end: number;
}

export interface ScalarNode extends NodeBase {
  readonly kind: 'scalar';
  readonly tag?: string;
  readonly style: 'plain' | 'single' | 'double' | 'literal' | 'folded';
  /** The value as sigs.k8s.io/yaml resolves it. */
  readonly value: null | boolean | number | string;
}

export interface MappingNode extends NodeBase {
  readonly kind: 'mapping';
  readonly flow: boolean;
  /** The pairs as written, duplicate keys and merge keys included. */
  readonly pairs: readonly Pair[];
}

export interface Pair {
  readonly key: YamlNode;
  /** A value that is left out is an empty plain scalar of value null. */
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

interface AliasNode extends NodeBase {
  readonly kind: 'alias';
  readonly target: YamlNode;
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
  /** Absent in a document that holds comments and blanks only. */
  readonly root?: YamlNode;
  /** The document's value in sigs.k8s.io/yaml's eyes; null where there is no root. */
  readonly value: Json;
  /** What readers disagree on: a duplicate key, a merge key that overrides. */
  readonly ambiguities: readonly Ambiguity[];
  readonly dialect: Dialect;
  /** Whether some node is shared: an alias or a merge key stands in the document. */
  readonly hasAliases: boolean;
}

export interface Ambiguity {
  readonly kind: 'duplicate-key' | 'merge-override';
  readonly key: string;
  /** Offset of the later key. */
  readonly offset: number;
}
