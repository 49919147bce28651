/**
 * The marks of Helm, Jinja and the like: in YAML, they are a mapping as a key of a mapping, or
 * cannot begin a value.
 */
const marks = ['{{', '{%'];

/** The mark of a template at which a parser fails that reports an error at `offset`, if any. */
export const bracesAt = (text: string, offset: number): string | undefined =>
  marks.find(mark =>
    [offset - 2, offset - 1, offset].some(
      at => at >= 0 && text.startsWith(mark, at) && /[\s,[]/.test(text[at - 1] ?? '\n'),
    ),
  );

/** The message of an error at such a mark. */
export const templateMessage = (mark: string, message: string): string =>
  `"${mark}" looks like a template: render it first${mark === '{{' ? ', with `helm template`' : ''} (${message})`;
