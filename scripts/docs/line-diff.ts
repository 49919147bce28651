/**
 * A diff of `before` and `after`, line by line: each line with `  `, `- ` or `+ ` before it, by a
 * longest common subsequence. Its time is the product of the lengths: it is for small examples.
 */
export function lineDiff(before: readonly string[], after: readonly string[]): readonly string[] {
  const common = commonLengths(before, after);
  const lines: string[] = [];
  let left = 0;
  let right = 0;
  while (left < before.length || right < after.length) {
    const isSame = left < before.length && before[left] === after[right];
    const skipsLeft = common[left + 1]?.[right] ?? -1;
    const skipsRight = common[left]?.[right + 1] ?? -1;
    if (isSame) {
      lines.push(`  ${before[left]}`);
      left++;
      right++;
    } else if (left < before.length && (right === after.length || skipsLeft >= skipsRight)) {
      lines.push(`- ${before[left++]}`);
    } else {
      lines.push(`+ ${after[right++]}`);
    }
  }
  return lines.map(line => line.trimEnd());
}

/** For each pair of positions: how many lines the remainders have in common. */
function commonLengths(before: readonly string[], after: readonly string[]): readonly number[][] {
  const common = Array.from({length: before.length + 1}, () => Array(after.length + 1).fill(0));
  for (let left = before.length - 1; left >= 0; left--) {
    for (let right = after.length - 1; right >= 0; right--) {
      const [row, below] = [common[left] as number[], common[left + 1] as number[]];
      row[right] =
        before[left] === after[right]
          ? (below[right + 1] as number) + 1
          : Math.max(below[right] as number, row[right + 1] as number);
    }
  }
  return common;
}
