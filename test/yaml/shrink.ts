/**
 * A shorter text for which `fails` still holds: lines and then characters are taken away, in ever
 * smaller runs, until none can go.
 */
export async function shrink(
  text: string,
  fails: (text: string) => Promise<boolean>,
): Promise<string> {
  const lines = await shrinkParts(text.split(/(?<=\n)/), fails);
  return (await shrinkParts([...lines.join('')], fails)).join('');
}

async function shrinkParts(
  parts: readonly string[],
  fails: (text: string) => Promise<boolean>,
): Promise<readonly string[]> {
  let left = parts;
  for (
    let size = Math.ceil(parts.length / 2);
    size > 0;
    size = size === 1 ? 0 : Math.ceil(size / 2)
  ) {
    for (let at = 0; at < left.length; ) {
      const shorter = left.toSpliced(at, size);
      if (await fails(shorter.join(''))) left = shorter;
      else at += size;
    }
  }
  return left;
}
