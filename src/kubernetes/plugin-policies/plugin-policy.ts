import type {JsonMap, Path} from '../../json.ts';
import type {Direction} from '../isolation.ts';
import type {RangeSet} from '../range-set.ts';
import type {Resource} from '../resource.ts';
import type {LabelTest} from './known-labels.ts';

/**
 * One rule set of a policy that is no NetworkPolicy: of a network plugin, or of the cluster's
 * administrators. What it admits to whom is not evaluated.
 */
export interface PluginPolicy {
  readonly resource: Resource;
  /** Where it closes the pods that it selects, so that a NetworkPolicy beside it would open them. */
  readonly closes: readonly Direction[];
  /** What it selects by, as the policy writes it: policies of the same are looked at once. */
  readonly selection: string;
  /** A LabelSelector by which the pods are found; `pods` says which of them are meant. */
  readonly finds: JsonMap;
  /** By the labels of the pods. */
  readonly pods: LabelTest;
  /** By the labels of their namespace, its name among them; absent where it is the policy's own. */
  readonly namespaces?: LabelTest;
  /** What it admits of everyone, or of addresses, to the pods. */
  readonly openings: readonly PluginOpening[];
}

export interface PluginOpening {
  readonly path: Path;
  /** Everyone, where there are none. */
  readonly ranges?: RangeSet;
}
