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
  /**
   * The directions in which it closes the selected pods, so that an additional NetworkPolicy would
   * open them.
   */
  readonly closes: readonly Direction[];
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

export interface PluginOpening {
  readonly path: Path;
  /** An empty list means everyone. */
  readonly ranges?: RangeSet;
}
