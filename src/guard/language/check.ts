import {findRule} from '../../rules/index.ts';
import type {Rule} from '../../rules/rule.ts';

/**
 * A rule as a check of an admission policy. CEL, the language of admission policies, sees an object
 * as the API server stores it: with defaults, and without empty fields.
 */
export interface Check {
  /** The rule's id. */
  readonly rule: string;
  /** The name of the CEL variable for the items at fault, if there is one. */
  readonly name: string;
  /**
   * What `finds` looks at: a container as `c`, a volume as `v`, a host path volume as `h` with its
   * `name` and `place`, a sysctl as `s`, the key of a pod annotation that names a container as `a`,
   * a subject of a binding as `u`, the pod spec as `variables.pod`, or an object of another kind as
   * `object`.
   */
  readonly subject: Subject;
  /** CEL that is true for an item at fault, under the Pod Security Standards of v1.`minor`. */
  readonly finds: string | ((minor: number) => string);
  /** What to do about it, in one sentence, if that is only a part of the rule's remedy. */
  readonly remedy?: string;
  /**
   * What the rule does about it in mode `fix`: what it rewrites cannot come from the pipeline; what
   * it only flags can.
   */
  readonly outcome: 'rewritten' | 'flagged';
  /**
   * CEL for the items from which the rewrite takes something away, if the rewrites of the rule
   * otherwise fill in defaults.
   */
  readonly takes?: string;
  /**
   * Whether the rule reports on the pod what `finds` sees in a container: exceptions for a
   * container do not apply.
   */
  readonly isOfPod?: true;
  /** CEL variables that only `finds` uses. */
  readonly variables?: Readonly<Record<string, string>>;
  /**
   * The minor version of the Pod Security Standards from which the check applies, if that is not
   * the rule's.
   */
  readonly since?: number;
  /** The minor version from which it no longer applies. */
  readonly until?: number;
}

type Subject =
  | 'container'
  | 'volume'
  | 'hostPath'
  | 'sysctl'
  | 'annotation'
  | 'pod'
  | 'service'
  | 'role'
  | 'binding'
  | 'bindingSubject'
  | 'ingress'
  | 'persistentVolume';

/** Whether a check applies under the Pod Security Standards of v1.`minor`. */
export const asksAt = ({since = 0, until}: Check, minor: number): boolean =>
  since <= minor && (until === undefined || minor < until);

/** A check whose `finds` and remedy are settled. */
export type SettledCheck = Check & {readonly finds: string; readonly remedy: string};

/** `check` as it applies under the Pod Security Standards of v1.`minor`. */
export const settledAt = (check: Check, minor: number): SettledCheck => ({
  ...check,
  finds: typeof check.finds === 'string' ? check.finds : check.finds(minor),
  remedy: check.remedy ?? (findRule(check.rule) as Rule).remedy,
});
