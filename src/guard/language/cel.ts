/** `text` as a CEL string in single quotes, which YAML does not have to escape. */
export const celString = (text: string): string =>
  `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;

export const celList = (texts: readonly string[]): string => `[${texts.map(celString).join(', ')}]`;

export const celMap = (map: Readonly<Record<string, string>>): string =>
  `{${Object.entries(map)
    .map(pair => pair.map(celString).join(': '))
    .join(', ')}}`;

/**
 * CEL that is true if the string `expression` matches `pattern`, in which `*` stands for any text.
 * `ending` is a regular expression for what must follow the pattern. Undefined if every string
 * matches.
 */
export function celMatches(
  expression: string,
  pattern: string | undefined,
  ending = '',
): string | undefined {
  if (pattern === undefined || /^\*+$/.test(pattern)) return undefined;
  const parts = pattern.split('*');
  const [first = '', last = ''] = parts;
  if (ending === '' && parts.length === 1) return `${expression} == ${celString(pattern)}`;
  if (ending === '' && parts.length === 2 && last === '') {
    return `${expression}.startsWith(${celString(first)})`;
  }
  const expected = parts.map(part => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('.*');
  return `${expression}.matches(${celString(`^${expected}${ending}$`)})`;
}

/** All `conditions` that are defined, joined, or `true`. */
export function celAnd(conditions: readonly (string | undefined)[]): string {
  const present = conditions.filter(condition => condition !== undefined);
  return present.length === 0 ? 'true' : present.join(' && ');
}

export const celNot = (condition: string): string => `!(${condition})`;
