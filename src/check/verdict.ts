import type {JsonMap} from '../json.ts';
import type {Resource} from '../kubernetes/resource.ts';
import type {Exception, Exposure} from '../policy/policy.ts';
import type {Rule, StreamViolation, Violation} from '../rules/rule.ts';
import type {Severity} from '../severity.ts';

/**
 * The outcome of a finding. `excepted` is neither rewritten nor counted against a threshold.
 * `noted` is not a mistake but worth knowing, for example that a rule left something alone, or what
 * it opened.
 */
export type Status = 'flagged' | 'fixed' | 'excepted' | 'noted';

/** A violation and its outcome. */
export interface Verdict {
  readonly rule: Rule;
  readonly violation: Violation | StreamViolation;
  readonly status: Status;
  /** The policy entry that allows it. */
  readonly exception?: Exception | Exposure;
  /** The evidence that the workload depends on what the rewrite takes away. */
  readonly evidence: readonly string[];
  /**
   * Whether the rewrite was not made because of that evidence, and is left for the user to decide.
   */
  readonly waits: boolean;
}

/** The severity of a verdict: a rule may find some violations more severe than others. */
export const severityOf = ({rule, violation}: Verdict): Severity =>
  violation.severity ?? rule.severity;

export interface CheckedResource {
  /** The original. */
  readonly resource: Resource;
  /** The rewritten value, with holes where list items were removed; or the original. */
  readonly hardened: JsonMap;
  readonly verdicts: readonly Verdict[];
}
