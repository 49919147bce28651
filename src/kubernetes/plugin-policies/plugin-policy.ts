import type {JsonMap, Path} from '../../json.ts';
import type {Direction} from '../isolation.ts';
import type {LabelTest} from '../known-labels.ts';
import type {RangeSet} from '../range-set.ts';
import type {Resource} from '../resource.ts';

/**
 * One rule set of a policy that is not a NetworkPolicy: of a network plugin, or of cluster
 * administrators. Whom it admits is not evaluated.
 */
export interface PluginPolicy {
  readonly resource: Resource;
  readonly closes: {readonly [direction in Direction]: Closure};
  /** The selector as written in the policy: policies with the same selector are evaluated once. */
  readonly selection: string;
  /** A LabelSelector to find candidate pods; `pods` then decides. */
  readonly finds: JsonMap;
  /** The test of the pod labels. */
  readonly pods: LabelTest;
  /**
   * The test of the namespace labels, including its name; absent if it is the policy's own
   * namespace.
   */
  readonly namespaces?: LabelTest;
  /** What it admits from everyone, or from addresses. */
  readonly openings: readonly PluginOpening[];
}

/**
 * What a policy closes of the selected pods: `all`, up to what it admits; `none`; or `some`, so that
 * they are still open, but an additional NetworkPolicy could open what it closes.
 */
export type Closure = 'all' | 'some' | 'none';

export interface PluginOpening {
  readonly path: Path;
  /** Whether it does not admit them itself, but passes them on to the profile, which does. */
  readonly isPassed?: true;
  /** An empty list means everyone. */
  readonly ranges?: RangeSet;
}
