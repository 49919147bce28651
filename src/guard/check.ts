import type {Policy} from '../policy/policy.ts';

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
   * What `finds` is asked of: a container as `c`, a volume that is a place on the node as `h` with
   * its `name` and `place`, the pod spec as `variables.pod`, or an object of another kind as
   * `object`.
   */
  readonly subject: Subject;
  /** CEL: true of what is at fault. */
  readonly finds: string;
  /** What is at fault and what to do instead; the names of what is at fault follow it. */
  readonly message: string;
  /**
   * What the rule does about it in mode `fix`: what it rewrites cannot come from the pipeline, what
   * it only flags can.
   */
  readonly outcome: 'rewritten' | 'flagged';
  /** CEL variables of its own, which `finds` may use. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Whether the rule has anything to ask under a policy. Absent where it always has. */
  readonly applies?: (policy: Policy) => boolean;
}

type Subject = 'container' | 'hostPath' | 'pod' | 'service' | 'role';
