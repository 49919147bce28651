/** A part of a text, and what takes its place. Offsets are UTF-16 code units in the text before any edit. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
}

/** The part of `text` from `start` to `end` with `edits` made, which are in order and do not overlap. */
export function editedText(
  text: string,
  edits: readonly TextEdit[],
  start = 0,
  end = text.length,
): string {
  const parts: string[] = [];
  let written = start;
  for (const edit of edits) {
    parts.push(text.slice(written, edit.start), edit.replacement);
    written = edit.end;
  }
  parts.push(text.slice(written, end));
  return parts.join('');
}
