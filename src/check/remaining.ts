import {toPointer} from '../json.ts';
import type {Verdict} from './verdict.ts';

/** The findings after a rewrite, identified by rule, path, part and container. */
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
    const found = this.#byKey.get(keyOf(before));
    const at = found?.findIndex(each => isSameContainer(each, before)) ?? -1;
    return found?.splice(at, at === -1 ? 0 : 1)[0];
  }

  /** The findings that were not returned: they are new. */
  others(): readonly Verdict[] {
    return [...this.#byKey.values()].flat();
  }
}

const keyOf = ({rule, violation: {path, part = ''}}: Verdict): string =>
  `${rule.id} ${toPointer(path)} ${part}`;

/** A container without a name differs from no container. Names may be long: they are compared, not copied. */
const isSameContainer = ({violation: one}: Verdict, {violation: other}: Verdict): boolean =>
  one.container === other.container;
