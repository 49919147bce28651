/**
 * What a node is; scalars by their style, in the order of the tokens' kinds: plain, single-quoted,
 * double-quoted, literal, folded.
 */
export const mappingNode = 1;
export const flowMappingNode = 2;
export const sequenceNode = 3;
export const flowSequenceNode = 4;
export const aliasNode = 5;
/** A value that is left out: an empty plain scalar. */
export const emptyNode = 6;
export const plainNode = 7;
export const literalNode = 10;
export const foldedNode = 11;

const width = 4;

/**
 * The nodes of one document in the order in which they stand, four numbers each: kind, start, end
 * (offsets in UTF-16 code units into the whole text), and the index of the node that follows the
 * node with all that it holds. A mapping's keys and values take turns.
 */
export class NodeTable {
  #numbers: Int32Array;
  #count = 0;
  /** The names of keys that are not spelt as they are named. */
  readonly names = new Map<number, string>();
  /** The nodes that aliases stand for. */
  readonly targets = new Map<number, number>();
  /** Where the anchor, the tag or the question mark before a node begins, of nodes that have one. */
  readonly leads = new Map<number, number>();
  /** The keys that are merge keys. */
  readonly merges = new Set<number>();

  constructor(capacity: number) {
    this.#numbers = new Int32Array(capacity * width);
  }

  get count(): number {
    return this.#count;
  }

  /** Adds a node; what a collection holds is added next, and then `close` is called. */
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

  /** Gives back the room that is not used. To be called once, when all nodes are there. */
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

  /** The index of the node after this one and all that it holds. */
  next(index: number): number {
    return this.#numbers[index * width + 3] as number;
  }
}
