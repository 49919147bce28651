/** A reference to a variable, or two dollar signs, which stand for one. */
const reference = /\$\$|\$\(([A-Za-z_.-][\w.-]*)\)/g;

/** The longest text that references may result in: more than any host needs. */
const longest = 4096;

/**
 * `text` with `$(NAME)` replaced as the kubelet does: see "Dependent environment variables" in the
 * Kubernetes documentation. Unknown names stay. A text that would get too long stays as it is,
 * because references to references could double it again and again.
 */
export function expanded(text: string, textOf: (name: string) => string | undefined): string {
  if (!text.includes('$(')) return text;
  let result = '';
  let at = 0;
  for (const match of text.matchAll(reference)) {
    const {0: whole, 1: name, index} = match;
    const value = name === undefined ? '$' : (textOf(name) ?? whole);
    result += text.slice(at, index) + value;
    at = index + whole.length;
    if (result.length > longest && result.length > text.length) return text;
  }
  return result + text.slice(at);
}
