/**
 * Whether `text` is what `pattern` describes, in which `*` stands for any text and `?` for one character. It takes no more
 * than the product of the two lengths, whatever the pattern.
 */
export function isMatch(pattern: string, text: string): boolean {
  let [at, star, resume] = [0, -1, 0];
  for (let index = 0; index < text.length; ) {
    const expected = pattern[at];
    if (expected === '*') {
      [star, resume] = [at, index];
      at++;
    } else if (expected === '?' || expected === text[index]) {
      at++;
      index++;
    } else if (star === -1) return false;
    else {
      resume++;
      [at, index] = [star + 1, resume];
    }
  }
  return /^\**$/.test(pattern.slice(at));
}
