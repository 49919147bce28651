import type {Json} from '../json.ts';

/**
 * What rendering the chart again with other values has shown about a finding:
 *
 * - `proven`: the settings clear it; nothing else changes but what other findings ask for too, and what is told
 * - `choose`: they clear it, but the value is an example: only the user can know the right one
 * - `wider`: they clear it, and also change other containers or objects
 * - `removes`: they clear it by removing something, such as the object itself
 * - `none`: no value that was found clears it: hardening the output is the way
 * - `untried`: it is not known, for the reason that is told
 */
export type ValueOutcome = 'proven' | 'choose' | 'wider' | 'removes' | 'none' | 'untried';

/** The values of a chart that clear a finding, or why there are none. The shape of `values` in `--format json`. */
export interface ValueAdvice {
  readonly outcome: ValueOutcome;
  /** What to set, together; empty if nothing clears the finding. */
  readonly set: readonly ValueSetting[];
  /** What else changes in the output: fields by their objects, most important first, not all if there are many. */
  readonly alsoChanges?: readonly string[];
  /** Why there is no value, as the end of a sentence. */
  readonly reason?: string;
}

export interface ValueSetting {
  /** A JSON Pointer (RFC 6901) into the values. */
  readonly path: string;
  readonly value: Json;
  /** The same as an option of Helm, quoted for a shell; absent if no command line can carry the key. */
  readonly option?: string;
}
