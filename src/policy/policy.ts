import type {PodPlaces} from '../kubernetes/pod-places.ts';
import type {Threshold} from '../severity.ts';
import type {NetworkPolicySettings} from './network-policy.ts';
import type {Selector} from './selector.ts';

/** `fix` rewrites what can be rewritten and flags the rest. */
export const modes = ['off', 'flag', 'fix'] as const;
export type Mode = (typeof modes)[number];

/**
 * What becomes of a rewrite against which something speaks: it waits for the user's decision, the
 * whole stream is refused until there is one, or it is made all the same.
 */
export const undecidedChoices = ['wait', 'refuse', 'fix'] as const;
export type Undecided = (typeof undecidedChoices)[number];

/** A policy, resolved: profiles merged, defaults filled in. What a user writes is `PolicyFile`. */
export interface Policy {
  /** The names of the profiles that it is made of. */
  readonly profiles: readonly string[];
  /** The minor version of the Pod Security Standards: 34 for v1.34, Infinity for the latest. */
  readonly podSecurityMinor: number;
  /** What to do about each rule; a rule that is absent is off. */
  readonly rules: ReadonlyMap<string, Mode>;
  /** The rules whose rewrites wait for the user's decision where something speaks against them. */
  readonly waiting: ReadonlySet<string>;
  /** Whether render refuses the stream while something in it is undecided. */
  readonly refusesUndecided: boolean;
  /** Render refuses the stream while a finding of that severity or above remains. */
  readonly blockOn: Threshold;
  /** Audit exits 1 when it found a finding of that severity or above. */
  readonly failOn: Threshold;
  /** Whether rewritten objects carry the annotation that lists the rules applied. */
  readonly annotate: boolean;
  readonly exceptions: readonly Exception[];
  readonly exposed: readonly Exposure[];
  /** Where custom resources, besides those that are known, hold pod specs. */
  readonly workloads: PodPlaces;
  readonly networkPolicy: NetworkPolicySettings;
}

export interface Exception {
  readonly rules: readonly string[];
  readonly match: Selector & {readonly container?: string};
  /** Why it is allowed; shown in reports. */
  readonly reason: string;
  /** The last day, in UTC, on which it holds: YYYY-MM-DD. */
  readonly expires?: string;
}

/** A place in custom resources of one kind that holds a pod spec. */
export interface CustomWorkload {
  /** The API group; without a version. */
  readonly group: string;
  readonly kind: string;
  /** From the object's root: `spec.groups[*].template`. */
  readonly path: string;
  /**
   * A `template`, with `metadata` and `spec`; a whole pod `spec`; or some of its `settings`, to
   * which nothing is added.
   */
  readonly holds?: 'template' | 'spec' | 'settings';
}

/** Objects that open workloads beyond the cluster on purpose: Services, Ingresses, routes. */
export interface Exposure {
  readonly match: Selector;
  /** Why it is exposed; shown in reports. */
  readonly reason: string;
  /** The last day, in UTC, on which it holds: YYYY-MM-DD. */
  readonly expires?: string;
}

/** Entries of a policy that allow something. */
export interface Allowances {
  readonly exceptions: readonly Exception[];
  readonly exposed: readonly Exposure[];
}
