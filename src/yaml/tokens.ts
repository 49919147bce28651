/** The token kinds of libyaml's scanner. */
export const streamEnd = 0;
export const documentStart = 1;
export const documentEnd = 2;
export const blockSequenceStart = 3;
export const blockMappingStart = 4;
export const blockEnd = 5;
export const flowSequenceStart = 6;
export const flowSequenceEnd = 7;
export const flowMappingStart = 8;
export const flowMappingEnd = 9;
export const blockEntry = 10;
export const flowEntry = 11;
export const key = 12;
export const value = 13;
export const alias = 14;
export const anchor = 15;
export const tag = 16;
/** Scalars come last: their style is the offset from the first of them. */
export const plainScalar = 17;
export const singleQuotedScalar = 18;
export const doubleQuotedScalar = 19;
export const literalScalar = 20;
export const foldedScalar = 21;

/** Marks a token as the start of a simple key, or also of its mapping. */
export const beginsKey = 1;
export const beginsMapping = 2;

/**
 * The tokens of one document, in arrays that are reused for the next one. Whether a token begins a
 * simple key is known only when its `:` is found. The token is then marked, so that no token is
 * ever inserted before another.
 */
export class Tokens {
  types = new Uint8Array(4096);
  flags = new Uint8Array(4096);
  starts = new Int32Array(4096);
  ends = new Int32Array(4096);
  count = 0;
  /** The values of scalars and tags that differ from their text. */
  readonly values = new Map<number, string>();

  clear(): void {
    this.count = 0;
    if (this.values.size > 0) this.values.clear();
  }

  push(type: number, start: number, end: number): void {
    const index = this.count;
    if (index === this.types.length) this.#grow();
    this.types[index] = type;
    this.flags[index] = 0;
    this.starts[index] = start;
    this.ends[index] = end;
    this.count = index + 1;
  }

  #grow(): void {
    const size = this.types.length * 2;
    this.types = enlarged(this.types, new Uint8Array(size));
    this.flags = enlarged(this.flags, new Uint8Array(size));
    this.starts = enlarged(this.starts, new Int32Array(size));
    this.ends = enlarged(this.ends, new Int32Array(size));
  }
}

function enlarged<A extends Uint8Array | Int32Array>(from: A, into: A): A {
  into.set(from);
  return into;
}
