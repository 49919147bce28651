/**
 * The kind of a node; scalars by their style, in the order of token kinds: plain, single-quoted,
 * double-quoted, literal, folded.
 */
export const mappingNode = 1;
export const flowMappingNode = 2;
export const sequenceNode = 3;
export const flowSequenceNode = 4;
export const aliasNode = 5;
/** A missing value: an empty plain scalar. */
export const emptyNode = 6;
export const plainNode = 7;
export const singleQuotedNode = 8;
export const doubleQuotedNode = 9;
export const literalNode = 10;
export const foldedNode = 11;

const width = 4;

/**
 * The nodes of one document in order, four numbers each: kind, start, end (offsets in UTF-16 code
 * units in the whole text), and the index of the node after this one and its content. The keys and
 * values of a mapping alternate.
 */
export class NodeTable {
  #numbers: Int32Array;
  #count = 0;
  /** The names of keys that differ from their spelling. */
  readonly names = new Map<number, string>();
  /** The targets of aliases. */
  readonly targets = new Map<number, number>();
  /** The offset of the anchor, tag or question mark before a node, if it has one. */
  readonly leads = new Map<number, number>();
  /** The keys that are merge keys. */
  readonly merges = new Set<number>();

  constructor(capacity: number) {
    this.#numbers = new Int32Array(capacity * width);
  }

  get count(): number {
    return this.#count;
  }

  /** Adds a node. The content of a collection is added next, and then `close` is called. */
  add(kind: number, start: number, end: number): number {
    const index = this.#count;
    if (index * width === this.#numbers.length) {
      const larger = new Int32Array(this.#numbers.length * 2);
      larger.set(this.#numbers);
      this.#numbers = larger;
    }
    const at = index * width;
    this.#numbers[at] = kind;
    this.#numbers[at + 1] = start;
    this.#numbers[at + 2] = end;
    this.#numbers[at + 3] = index + 1;
    this.#count = index + 1;
    return index;
  }

  close(index: number, start: number, end: number): void {
    const at = index * width;
    this.#numbers[at + 1] = start;
    this.#numbers[at + 2] = end;
    this.#numbers[at + 3] = this.#count;
  }

  /** Frees unused memory. To be called once, after all nodes have been added. */
  trim(): void {
    this.#numbers = this.#numbers.slice(0, this.#count * width);
  }

  kind(index: number): number {
    return this.#numbers[index * width] as number;
  }

  start(index: number): number {
    return this.#numbers[index * width + 1] as number;
  }

  end(index: number): number {
    return this.#numbers[index * width + 2] as number;
  }

  /** The index of the node after this one and its content. */
  next(index: number): number {
    return this.#numbers[index * width + 3] as number;
  }
}

/** The table of every document without content: a stream may have a million of them. */
export const noNodes = new NodeTable(0);
