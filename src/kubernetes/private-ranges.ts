/** The private networks of RFC 1918, RFC 6598 and RFC 4193. */
export const privateRanges = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  'fc00::/7',
] as const;

/**
 * What else the registries of special-purpose addresses (RFC 6890) do not route on the Internet, or route to an IPv4
 * address within an IPv6 address: this machine, its links, where clouds have their metadata, groups, and what is reserved.
 */
export const specialRanges = [
  '0.0.0.0/8',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '192.0.0.0/24',
  '198.18.0.0/15',
  '224.0.0.0/3',
  '::/8',
  '2001::/32',
  '2002::/16',
  'fe80::/9',
  'ff00::/8',
] as const;
