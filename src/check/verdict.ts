import type {JsonMap} from '../json.ts';
import type {Resource} from '../kubernetes/resource.ts';
import type {Exception, Exposure} from '../policy/policy.ts';
import type {Rule, StreamViolation, Violation} from '../rules/rule.ts';

/**
 * What became of a finding: `excepted` is neither rewritten nor counted against a threshold; `noted`
 * is no mistake but worth telling: that a rule left something alone, or what it opened.
 */
export type Status = 'flagged' | 'fixed' | 'excepted' | 'noted';

/** A violation, with what was decided about it. */
export interface Verdict {
  readonly rule: Rule;
  readonly violation: Violation | StreamViolation;
  readonly status: Status;
  /** What of the policy allows it. */
  readonly exception?: Exception | Exposure;
  /** How the manifest shows that the workload depends on what the rewrite takes. */
  readonly evidence: readonly string[];
  /** Whether the rewrite was not made for that evidence, but is left for the user to decide on. */
  readonly waits: boolean;
}

export interface CheckedResource {
  /** As it was read. */
  readonly resource: Resource;
  /** As it was rewritten, with holes where list items were removed; or as it was read. */
  readonly hardened: JsonMap;
  readonly verdicts: readonly Verdict[];
}
