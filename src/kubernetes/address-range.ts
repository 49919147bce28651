/** A range of addresses in CIDR notation. */
export interface AddressRange {
  readonly isV6: boolean;
  /** The address before the slash, which need not be the first of the range. */
  readonly bits: bigint;
  readonly length: number;
}

const longestText = 50;

/** The range in `text` (RFC 4632, RFC 4291), if it is valid. */
export function parseRange(text: string): AddressRange | undefined {
  if (text.length > longestText) return undefined;
  const [address = '', length = '', ...more] = text.split('/');
  if (more.length > 0 || !/^\d{1,3}$/.test(length)) return undefined;
  const isV6 = address.includes(':');
  const bits = isV6 ? bitsOfV6(address) : bitsOfV4(address);
  if (bits === undefined || Number(length) > (isV6 ? 128 : 32)) return undefined;
  return {isV6, bits, length: Number(length)};
}

/** Whether `inner` is a proper part of `outer`, as `except` of an `ipBlock` must be. */
export const isPartOf = (inner: AddressRange, outer: AddressRange): boolean =>
  isWithin(inner, outer) && inner.length > outer.length;

/** Whether `outer` contains all of `inner`. */
export function isWithin(inner: AddressRange, outer: AddressRange): boolean {
  if (inner.isV6 !== outer.isV6 || inner.length < outer.length) return false;
  const shift = BigInt((outer.isV6 ? 128 : 32) - outer.length);
  return inner.bits >> shift === outer.bits >> shift;
}

/** Kubernetes reads 010.0.0.0 as 10.0.0.0: ParseCIDRSloppy in k8s.io/utils/net. */
function bitsOfV4(address: string): bigint | undefined {
  const parts = address.split('.');
  const isAddress = parts.length === 4 && parts.every(part => /^0*(\d{1,3})$/.test(part));
  if (!isAddress || parts.some(part => Number(part) > 255)) return undefined;
  return parts.reduce((bits, part) => (bits << 8n) | BigInt(part), 0n);
}

function bitsOfV6(address: string): bigint | undefined {
  const [left = [], right, ...more] = address
    .split('::')
    .map((part, at, parts) => groupsOf(part, at === parts.length - 1));
  const zeros = 8 - left.length - (right?.length ?? 0);
  // `::` stands for one or more groups, and may occur once.
  if (more.length > 0 || (right === undefined ? zeros !== 0 : zeros < 1)) return undefined;
  const groups = [...left, ...Array.from({length: zeros}, () => '0'), ...(right ?? [])];
  if (!groups.every(group => /^[0-9A-Fa-f]{1,4}$/.test(group))) return undefined;
  return groups.reduce((bits, group) => (bits << 16n) | BigInt(`0x${group}`), 0n);
}

/** The groups of 16 bits; the last two may be written as an IPv4 address. */
function groupsOf(text: string, isLast: boolean): readonly string[] {
  if (text === '') return [];
  const groups = text.split(':');
  if (!isLast) return groups;
  const bits = bitsOfV4(groups.at(-1) ?? '');
  if (bits === undefined) return groups;
  const hex = bits.toString(16).padStart(8, '0');
  return [...groups.slice(0, -1), hex.slice(0, 4), hex.slice(4)];
}
