/** The ports of an edge, as every format but JSON writes them. */
export const portsText = ({ports}: {readonly ports: readonly string[]}): string =>
  ports.length === 0 ? 'every port' : ports.join(', ');

/** The ports in one of two states. */
export const portsOf = (ports: readonly string[] | undefined): string =>
  ports === undefined ? 'none' : portsText({ports});
