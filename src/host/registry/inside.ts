import {isWithin, parseRange} from '../../kubernetes/address-range.ts';
import {privateRanges, specialRanges} from '../../kubernetes/private-ranges.ts';

/**
 * Whether the host of a URL is this machine, or an address that is not public. A name may still resolve to one, but no
 * server there has a certificate for a name that somebody else owns.
 */
export function isInside(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  if (/^(?:.*\.)?localhost$/i.test(host)) return true;
  const address = parseRange(`${host}/${host.includes(':') ? 128 : 32}`);
  return address !== undefined && ranges.some(range => isWithin(address, range));
}

const ranges = [...privateRanges, ...specialRanges].flatMap(text => parseRange(text) ?? []);
