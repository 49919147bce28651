import {isWithin as isRangeWithin, parseRange} from '../kubernetes/address-range.ts';
import {isWithin, placeOf} from '../kubernetes/host-path.ts';

/** What a setting uses of the node or the network. */
export interface Uses {
  readonly hostPorts?: readonly number[];
  /** As `placeOf` gives them. */
  readonly hostPaths?: readonly string[];
  readonly externalIPs?: readonly string[];
}

/** The values that an exception allows, in ranges. An absent key allows every value. */
export interface AllowedUses {
  /** Ports, or ranges such as 9100-9200. */
  readonly hostPorts?: readonly (number | string)[];
  /** Folders, with everything in them. */
  readonly hostPaths?: readonly string[];
  /** Addresses, or ranges such as 203.0.113.0/24. */
  readonly externalIPs?: readonly string[];
}

/** The rules whose findings have such values. */
export const rulesByUse: Readonly<Record<keyof Uses, readonly string[]>> = {
  hostPorts: ['no-host-port'],
  hostPaths: ['no-host-path', 'no-runtime-socket', 'no-sensitive-host-path', 'root-with-host-path'],
  externalIPs: ['no-external-ips'],
};

export const useKeys = ['hostPorts', 'hostPaths', 'externalIPs'] as const;

/** Whether `allowed` allows all values in `uses`. A key without a value in `uses` is not met. */
export const allowsUses = (allowed: AllowedUses, uses: Uses = {}): boolean =>
  isMet(allowed.hostPorts, uses.hostPorts, isPortIn) &&
  isMet(allowed.hostPaths, uses.hostPaths, (place, folder) => isWithin(place, placeOf(folder))) &&
  isMet(allowed.externalIPs, uses.externalIPs, isAddressIn);

const isMet = <Value, Range>(
  ranges: readonly Range[] | undefined,
  values: readonly Value[] = [],
  contains: (value: Value, range: Range) => boolean,
): boolean =>
  ranges === undefined ||
  (values.length > 0 && values.every(value => ranges.some(range => contains(value, range))));

function isPortIn(port: number, range: number | string): boolean {
  const [first, last = first] = String(range).split('-').map(Number);
  return first !== undefined && last !== undefined && port >= first && port <= last;
}

function isAddressIn(address: string, range: string): boolean {
  const outer = rangeOf(range);
  const inner = address.includes('/') ? undefined : rangeOf(address);
  return outer !== undefined && inner !== undefined && isRangeWithin(inner, outer);
}

/** The range in `text`, which may be a single address. */
export const rangeOf = (text: string) =>
  parseRange(text.includes('/') ? text : `${text}/${text.includes(':') ? 128 : 32}`);
