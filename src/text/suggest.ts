/**
 * `: did you mean "restricted"?` if one of `known` is similar to `value`; otherwise an empty
 * string.
 */
export function suggestion(value: string, known: readonly string[]): string {
  const best = mostSimilar(value, known);
  return best === undefined ? '' : `: did you mean "${best}"?`;
}

/** The one of `known` that is most similar to `value`, if one is similar. */
export function mostSimilar(value: string, known: readonly string[]): string | undefined {
  const longest = 40;
  if (value.length > longest) return undefined;
  const [best] = known
    .filter(name => Math.abs(name.length - value.length) <= mostDistance(name))
    .map(name => ({name, distance: distanceOf(value.toLowerCase(), name.toLowerCase())}))
    .filter(({name, distance}) => distance <= mostDistance(name))
    .sort((a, b) => a.distance - b.distance);
  return best?.name;
}

/** The largest distance of a similar text. No distance is smaller than the difference of the lengths. */
const mostDistance = (name: string): number => Math.ceil(name.length / 3);

/** The Levenshtein distance: the number of letters to insert, remove or replace. */
export function distanceOf(from: string, to: string): number {
  let row = Array.from({length: to.length + 1}, (_, at) => at);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = (row[j - 1] as number) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[to.length] as number;
}
