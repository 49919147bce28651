/** A part of a line, and how it is painted on a terminal. */
export interface Span {
  readonly text: string;
  readonly paint?: (text: string) => string;
}

/**
 * The lines of `spans` in `width` columns, each span after a space; the first line begins with `first`, which is not
 * painted, the others with `indent` spaces. A word that is too long stays whole. No line begins with what a CI system
 * could take for a command.
 */
export function wrapped(
  spans: readonly Span[],
  width: number,
  first: string,
  indent = first.length,
): string {
  const lines: string[] = [];
  let line = first;
  let column = first.length;
  let isEmpty = true;
  for (const {text, paint = plain} of spans) {
    for (const word of text.split(' ')) {
      const isCommand = command.test(word);
      if (!isEmpty && column + 1 + lengthOf(word) > width && !isCommand) {
        lines.push(line);
        line = ' '.repeat(indent);
        column = indent;
        isEmpty = true;
      }
      const before = isEmpty ? (isCommand && line.trim() === '' ? '… ' : '') : ' ';
      line += `${before}${paint(word)}`;
      column += before.length + lengthOf(word);
      isEmpty = false;
    }
  }
  return [...lines, line].join('\n');
}

const plain = (text: string): string => text;

const lengthOf = (word: string): number => Array.from(word).length;

/** What counts only at the beginning of a line: workflow commands of GitHub, sections of GitLab. */
const command = /^(?:::|section_(?:start|end):)/;
