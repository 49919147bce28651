/** Up to this many decoded nodes, 99 % of them may come from aliases; go-yaml v2's `decode.go`. */
const low = 400_000;
/** From this many on, 10 %. */
const high = 4_000_000;

/** Counts decoded nodes as go-yaml v2 does, to distinguish alias bombs from normal use. */
export class AliasBudget {
  #decoded = 0;
  #fromAliases = 0;

  get used(): number {
    return this.#decoded;
  }

  count(): void {
    this.#decoded++;
  }

  /** Counts an alias to a node of `size` nodes; false if go-yaml refuses the document. */
  expand(size: number): boolean {
    this.#decoded += size + 1;
    this.#fromAliases += size;
    return (
      this.#fromAliases <= 100 ||
      this.#decoded <= 1000 ||
      this.#fromAliases / this.#decoded <= allowedRatio(this.#decoded)
    );
  }
}

function allowedRatio(decoded: number): number {
  if (decoded <= low) return 0.99;
  if (decoded >= high) return 0.1;
  return 0.99 - (0.89 * (decoded - low)) / (high - low);
}
