import type {Exception, Exposure} from './policy.ts';
import {isPattern} from './selector.ts';

/** An entry with its index in its list. */
interface Placed<Entry> {
  readonly entry: Entry;
  readonly place: number;
}

/** Entries of a policy, indexed so that those for other objects or containers are not looked at. */
export class EntriesByName<Entry extends Exception | Exposure> {
  readonly #named = new Map<string, Placed<Entry>[]>();
  /** Entries that do not name a single object. */
  readonly #others: Placed<Entry>[] = [];

  constructor(entries: readonly Entry[]) {
    for (const [place, entry] of entries.entries()) this.#listFor(entry).push({entry, place});
  }

  /**
   * The first entry, in policy order, that may match this object and container, and meets
   * `isMeant`.
   */
  find(
    name: string,
    container: string | undefined,
    isMeant: (entry: Entry) => boolean,
  ): Entry | undefined {
    const named =
      this.#named.size === 0
        ? []
        : [this.#named.get(keyOf(name, container ?? '')), this.#named.get(keyOf(name))];
    let first: Placed<Entry> | undefined;
    for (const list of [...named, this.#others]) {
      const found = list?.find(({entry}) => isMeant(entry));
      if (found !== undefined && found.place < (first?.place ?? Infinity)) first = found;
    }
    return first?.entry;
  }

  #listFor({match}: Entry): Placed<Entry>[] {
    const {name, container}: Exception['match'] = match;
    if (name === undefined || isPattern(name)) return this.#others;
    const isOne = container !== undefined && !isPattern(container);
    const key = keyOf(name, isOne ? container : undefined);
    const known = this.#named.get(key);
    if (known !== undefined) return known;
    const list: Placed<Entry>[] = [];
    this.#named.set(key, list);
    return list;
  }
}

const keyOf = (name: string, container?: string): string => JSON.stringify([name, container]);
