/** Finds lines and columns, both from 1, of offsets into a text; columns are UTF-16 code units. */
export class LineIndex {
  readonly #starts: number[] = [0];

  constructor(text: string) {
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) {
      this.#starts.push(at + 1);
    }
  }

  /** The offset of the start of a line; undefined after the last one. */
  start(line: number): number | undefined {
    return this.#starts[line - 1];
  }

  at(offset: number): {readonly line: number; readonly column: number} {
    let low = 0;
    let high = this.#starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.#starts[middle] as number) <= offset) low = middle;
      else high = middle;
    }
    return {line: low + 1, column: offset - (this.#starts[low] as number) + 1};
  }
}
