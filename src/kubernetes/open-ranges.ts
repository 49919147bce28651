import {asList, asMap, asString, type Json, textOf} from '../json.ts';
import {privateRanges} from './private-ranges.ts';
import {RangeSet} from './range-set.ts';

const everything = {v4: RangeSet.of(['0.0.0.0/0']), v6: RangeSet.of(['::/0'])};
const privateNetworks = RangeSet.of(privateRanges);
const internet = RangeSet.union([everything.v4, everything.v6]).without(privateNetworks);

/**
 * IANA assigns registries a /8 of IPv4 or a /12 of IPv6 at a time, each for a large part of a
 * continent ("IPv4 Address Space" and "IPv6 Global Unicast Address Assignments" of IANA): admitting
 * more does not identify a client.
 */
const widest = {v4: 1n << 24n, v6: 1n << 116n};

/** The internet addresses of an `ipBlock`: `cidr` without `except`. */
export function publicPartOf(block: Json | undefined): RangeSet {
  const {cidr, except} = asMap(block) ?? {};
  const taken = RangeSet.of(asList(except).map(textOf));
  return publicOf([asString(cidr) ?? '']).without(taken);
}

/** The internet addresses in `ranges`. */
export const publicOf = (ranges: readonly string[]): RangeSet => publicIn(RangeSet.of(ranges));

/** The internet addresses in a set. */
export const publicIn = (set: RangeSet): RangeSet => set.without(privateNetworks);

/** Whether these are so many internet addresses that admitting them means admitting anyone. */
export const isWide = (set: RangeSet): boolean => {
  const {v4, v6} = set.sizes;
  return v4 > widest.v4 || v6 > widest.v6;
};

/** Whether a set contains the whole internet, in either address family. */
export const isWholeInternet = (set: RangeSet): boolean =>
  set.covers(internet) ||
  [everything.v4, everything.v6].some(each => set.covers(each.without(privateNetworks)));
