import {findRule} from '../../rules/index.ts';
import type {Rule} from '../../rules/rule.ts';

/**
 * A rule as an admission policy asks it. CEL, the language of admission policies, sees an object as
 * the API server holds it: with its defaults, and without what is empty.
 */
export interface Check {
  /** The rule's id. */
  readonly rule: string;
  /** Of the CEL variable that holds what is at fault, where there is one. */
  readonly name: string;
  /**
   * What `finds` is asked of: a container as `c`, a volume as `v`, a volume that is a place on the
   * node as `h` with its `name` and `place`, a sysctl as `s`, the key of an annotation of the pod
   * that names a container as `a`, a subject of a binding as `u`, the pod spec as
   * `variables.pod`, or an object of another kind as `object`.
   */
  readonly subject: Subject;
  /** CEL: true of what is at fault, under the Pod Security Standards of v1.`minor`. */
  readonly finds: string | ((minor: number) => string);
  /** What to do about it, in a sentence, where that is not all of the rule's remedy. */
  readonly remedy?: string;
  /**
   * What the rule does about it in mode `fix`: what it rewrites cannot come from the pipeline, what
   * it only flags can.
   */
  readonly outcome: 'rewritten' | 'flagged';
  /**
   * CEL: of what is at fault, what the rewrite takes from the object, where the rule's rewrites
   * otherwise fill in what was left open.
   */
  readonly takes?: string;
  /** Whether the rule tells of the pod what `finds` sees in a container: no exception for one holds. */
  readonly isOfPod?: true;
  /** CEL variables of its own, which `finds` may use. */
  readonly variables?: Readonly<Record<string, string>>;
  /** The minor version of the Pod Security Standards from which it asks, where that is not the rule's. */
  readonly since?: number;
  /** The minor version from which it asks no more. */
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

/** Whether a check asks anything under the Pod Security Standards of v1.`minor`. */
export const asksAt = ({since = 0, until}: Check, minor: number): boolean =>
  since <= minor && (until === undefined || minor < until);

/** A check whose `finds` and remedy are settled. */
export type SettledCheck = Check & {readonly finds: string; readonly remedy: string};

/** `check` as it asks under the Pod Security Standards of v1.`minor`. */
export const settledAt = (check: Check, minor: number): SettledCheck => ({
  ...check,
  finds: typeof check.finds === 'string' ? check.finds : check.finds(minor),
  remedy: check.remedy ?? (findRule(check.rule) as Rule).remedy,
});
