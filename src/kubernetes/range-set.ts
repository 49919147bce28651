import {type AddressRange, parseRange} from './address-range.ts';

/** The first and the last address of an interval, as numbers. */
type Stretch = readonly [first: bigint, last: bigint];

/**
 * A set of addresses of both families, built from ranges, with union and difference. Built in O(n
 * log n), looked up in O(log n) for each interval.
 */
export class RangeSet {
  readonly #v4: readonly Stretch[];
  readonly #v6: readonly Stretch[];

  private constructor(v4: readonly Stretch[], v6: readonly Stretch[]) {
    this.#v4 = v4;
    this.#v6 = v6;
  }

  /** The addresses of all CIDR ranges in `texts`; invalid ones are ignored. */
  static of(texts: readonly string[]): RangeSet {
    const v4: Stretch[] = [];
    const v6: Stretch[] = [];
    for (const text of texts) {
      const range = parseRange(text);
      if (range === undefined) continue;
      const embedded = embeddedV4(range);
      if (embedded !== undefined) v4.push(stretchOf(embedded));
      else (range.isV6 ? v6 : v4).push(stretchOf(range));
    }
    return new RangeSet(joined(v4), joined(v6));
  }

  static union(sets: readonly RangeSet[]): RangeSet {
    return new RangeSet(joined(sets.flatMap(set => set.#v4)), joined(sets.flatMap(set => set.#v6)));
  }

  /** What is in this set and not in `other`. */
  without(other: RangeSet): RangeSet {
    return new RangeSet(difference(this.#v4, other.#v4), difference(this.#v6, other.#v6));
  }

  /** Whether all of `other` is in this set. */
  covers(other: RangeSet): boolean {
    return other.without(this).isEmpty;
  }

  get isEmpty(): boolean {
    return this.#v4.length === 0 && this.#v6.length === 0;
  }

  /** The number of addresses in each family. */
  get sizes(): {readonly v4: bigint; readonly v6: bigint} {
    return {v4: sizeOf(this.#v4), v6: sizeOf(this.#v6)};
  }
}

/** Prefixes of 96 bits before an IPv4 address in IPv6: RFC 4291 2.5.5.2 and RFC 6052 2.1. */
const embeddings = ['::ffff:0:0/96', '64:ff9b::/96'].map(parseRange);

/** The IPv4 range that an IPv6 range stands for. */
function embeddedV4({isV6, bits, length}: AddressRange): AddressRange | undefined {
  if (!isV6 || length < 96) return undefined;
  if (!embeddings.some(each => each !== undefined && bits >> 32n === each.bits >> 32n)) {
    return undefined;
  }
  return {isV6: false, bits: bits & 0xffffffffn, length: length - 96};
}

function stretchOf({isV6, bits, length}: AddressRange): Stretch {
  const free = BigInt((isV6 ? 128 : 32) - length);
  const first = (bits >> free) << free;
  return [first, first + (1n << free) - 1n];
}

/** The same addresses in as few intervals as possible, in order. */
function joined(stretches: readonly Stretch[]): readonly Stretch[] {
  const sorted = [...stretches].sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0));
  const result: Stretch[] = [];
  for (const [first, last] of sorted) {
    const before = result.at(-1);
    if (before === undefined || first > before[1] + 1n) result.push([first, last]);
    else if (last > before[1]) result[result.length - 1] = [before[0], last];
  }
  return result;
}

/** What is in `stretches` and not in `others`; both must be merged. */
function difference(stretches: readonly Stretch[], others: readonly Stretch[]): readonly Stretch[] {
  const result: Stretch[] = [];
  let next = 0;
  for (const [first, last] of stretches) {
    let from = first;
    while (next < others.length && (others[next] as Stretch)[1] < from) next++;
    for (let at = next; at < others.length && (others[at] as Stretch)[0] <= last; at++) {
      const [hole, end] = others[at] as Stretch;
      if (hole > from) result.push([from, hole - 1n]);
      if (end >= from) from = end + 1n;
      next = at;
    }
    if (from <= last) result.push([from, last]);
  }
  return result;
}

const sizeOf = (stretches: readonly Stretch[]): bigint =>
  stretches.reduce((sum, [first, last]) => sum + last - first + 1n, 0n);
