import {toPointer} from '../json.ts';
import type {Verdict} from './verdict.ts';

/** The findings after a rewrite, identified by rule, path and container. */
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

  /**
   * The counterpart of `before`. If a rule has several findings in one place, each is returned
   * once, in order.
   */
  take(before: Verdict): Verdict | undefined {
    return this.#byKey.get(keyOf(before))?.shift();
  }

  /** The findings that were not returned: they are new. */
  others(): readonly Verdict[] {
    return [...this.#byKey.values()].flat();
  }
}

/** A container without a name differs from no container. */
const keyOf = ({rule, violation: {path, container}}: Verdict): string =>
  JSON.stringify([rule.id, toPointer(path), container]);
