/** Generates whole numbers from 0 to `bound`, exclusive. */
export type Choose = (bound: number) => number;

/** Draws from a list, for a generator that shrinks it; 0, the simplest choice, when it is used up. */
export function chooseFrom(numbers: readonly number[]): Choose {
  let next = 0;
  return bound => (bound <= 1 ? 0 : (numbers[next++] ?? 0) % bound);
}

/** Generates random numbers, the same for the same seed: the generator mulberry32. */
export function chooseAtRandom(seed: number): Choose {
  let state = seed;
  return bound => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  };
}

export const pick = <Item>(choose: Choose, items: readonly Item[]): Item =>
  items[choose(items.length)] as Item;
