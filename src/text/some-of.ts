const mostNamed = 3;

/** The first of `names`, and how many more there are. */
export function someOf(names: readonly string[], write = (name: string) => name): string {
  const some = names.slice(0, mostNamed).map(write).join(', ');
  return names.length <= mostNamed ? some : `${some} and ${names.length - mostNamed} more`;
}
