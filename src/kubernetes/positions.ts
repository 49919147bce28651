/**
 * A set of positions in a list, one bit each: unions and intersections take one step for 32
 * positions.
 */
export class Positions {
  readonly #words: Uint32Array;

  /** An empty set for a list of `length` items. */
  constructor(length: number) {
    this.#words = new Uint32Array((length + 31) >> 5);
  }

  static of(length: number, positions: Iterable<number>): Positions {
    const set = new Positions(length);
    for (const position of positions) set.add(position);
    return set;
  }

  /** The number of steps of a union or intersection. */
  get words(): number {
    return this.#words.length;
  }

  copy(): Positions {
    const other = new Positions(this.#words.length * 32);
    other.#words.set(this.#words);
    return other;
  }

  has(position: number): boolean {
    return ((this.#wordAt(position >> 5) >>> (position & 31)) & 1) === 1;
  }

  add(position: number): void {
    this.#words[position >> 5] = this.#wordAt(position >> 5) | (1 << (position & 31));
  }

  delete(position: number): void {
    this.#words[position >> 5] = this.#wordAt(position >> 5) & ~(1 << (position & 31));
  }

  /** Keeps only what is also in `other`. */
  keep(other: Positions): void {
    for (let at = 0; at < this.#words.length; at++) {
      this.#words[at] = this.#wordAt(at) & other.#wordAt(at);
    }
  }

  /** Removes what is in `other`. */
  drop(other: Positions): void {
    for (let at = 0; at < this.#words.length; at++) {
      this.#words[at] = this.#wordAt(at) & ~other.#wordAt(at);
    }
  }

  /** In ascending order. */
  *[Symbol.iterator](): Iterator<number> {
    for (let at = 0; at < this.#words.length; at++) {
      let word = this.#wordAt(at);
      while (word !== 0) {
        const bit = 31 - Math.clz32(word & -word);
        yield (at << 5) + bit;
        word &= word - 1;
      }
    }
  }

  #wordAt(at: number): number {
    return this.#words[at] ?? 0;
  }
}
