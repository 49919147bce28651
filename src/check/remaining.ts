import {toPointer} from '../json.ts';
import type {Verdict} from './verdict.ts';

/** What is found after a rewrite, told by the rule, the place and the container of each. */
export class Remaining {
  readonly #byKey = new Map<string, Verdict[]>();

  constructor(after: readonly Verdict[]) {
    for (const verdict of after) {
      const key = keyOf(verdict);
      const same = this.#byKey.get(key);
      if (same === undefined) this.#byKey.set(key, [verdict]);
      else same.push(verdict);
    }
  }

  /** What is left of `before`: each is given out once, in order, where a rule finds several in one place. */
  take(before: Verdict): Verdict | undefined {
    return this.#byKey.get(keyOf(before))?.shift();
  }

  /** What nobody has taken: it was not there before. */
  others(): readonly Verdict[] {
    return [...this.#byKey.values()].flat();
  }
}

/** A container without a name is another than none. */
const keyOf = ({rule, violation: {path, container}}: Verdict): string =>
  JSON.stringify([rule.id, toPointer(path), container]);
