import type {ImageBook} from '../images/book.ts';
import type {PodPlaces} from '../kubernetes/pod-places.ts';
import type {Resource} from '../kubernetes/resource.ts';
import type {StreamIndex} from '../kubernetes/stream-index.ts';
import type {Severity, Threshold} from '../severity.ts';
import type {DeclaredConnection, NetworkPolicySettings} from './network-policy.ts';
import type {Selector} from './selector.ts';
import type {AllowedUses} from './uses.ts';

/** `fix` rewrites what can be rewritten and flags the rest. */
export const modes = ['off', 'flag', 'fix'] as const;
export type Mode = (typeof modes)[number];

/**
 * What to do with a rewrite that something speaks against: wait for the user's decision, refuse the
 * whole stream until there is one, or make it anyway.
 */
export const undecidedChoices = ['wait', 'refuse', 'fix'] as const;
export type Undecided = (typeof undecidedChoices)[number];

/** A policy, resolved: profiles merged, defaults filled in. What a user writes is `PolicyFile`. */
export interface Policy {
  /** The names of its profiles. */
  readonly profiles: readonly string[];
  /** The minor version of the Pod Security Standards: 34 for v1.34, Infinity for the latest. */
  readonly podSecurityMinor: number;
  /** What to do about each rule; a rule that is absent is off. */
  readonly rules: ReadonlyMap<string, Mode>;
  /** The rules whose rewrites wait for the user's decision if something speaks against them. */
  readonly waiting: ReadonlySet<string>;
  /** Whether render refuses a stream with undecided findings. */
  readonly refusesUndecided: boolean;
  /** Render refuses a stream with remaining findings of that severity or above. */
  readonly blockOn: Threshold;
  /** Audit exits with 1 if there is a finding of that severity or above. */
  readonly failOn: Threshold;
  /** Findings of lower severity are neither reported nor rewritten. */
  readonly minSeverity: Severity;
  /** Whether entries that expired or match nothing fail an audit, and refuse a stream. */
  readonly strict: boolean;
  /** Whether rewritten objects get the annotation that lists the applied rules. */
  readonly annotate: boolean;
  readonly exceptions: readonly Exception[];
  readonly exposed: readonly Exposure[];
  readonly trustAnnotations: readonly AnnotationTrust[];
  /** The paths of pod specs in custom resources, in addition to the built-in ones. */
  readonly workloads: PodPlaces;
  readonly networkPolicy: NetworkPolicySettings;
  /** What is known about images. */
  readonly images: ImageBook;
  /** The registries, or folders of them, from which images may come; undefined for any. */
  readonly registries: readonly string[] | undefined;
  /** Its own rules, and those of the admission policies that it reads. */
  readonly customRules: readonly CustomRule[];
  /** What no entry that is added to it may allow. */
  readonly entryLocks: EntryLocks;
}

/** What entries must not allow, because policies below lock it. Each text says so: "`exceptions` is locked in org.yaml:3". */
export interface EntryLocks {
  /** By the id of the rule. */
  readonly exceptions: ReadonlyMap<string, string>;
  /** For any entry under `exposed`. */
  readonly exposed?: string;
  /** For any entry under `networkPolicy.connections`. */
  readonly connections?: string;
}

/** A rule as it is written in a policy. */
export interface WrittenRule {
  /** A name of the team, a slash, and a name. */
  readonly id: string;
  readonly title?: string;
  readonly severity: Severity;
  readonly match: {
    readonly objects: readonly {
      readonly apiVersion: string;
      readonly kind: string;
      /** The resource of the kind, if it is not the usual plural. */
      readonly resource?: string;
    }[];
    /** Patterns; without it, every namespace. */
    readonly namespaces?: readonly string[];
  };
  /** CEL that is true for an object without the mistake. */
  readonly expression: string;
  readonly message: string;
  readonly remedy?: string;
  readonly rationale?: string;
  readonly references?: readonly string[];
}

/** A rule of a policy, or an admission policy that it reads, ready to be asked. */
export interface CustomRule {
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  readonly remedy: string;
  readonly rationale: string;
  readonly references: readonly string[];
  readonly kinds: readonly string[] | 'all';
  /** Absent for an admission policy. */
  readonly written?: WrittenRule;
  readonly judge: (resource: Resource, stream: StreamIndex) => readonly Judgement[];
}

/** What a custom rule says about an object. */
export interface Judgement {
  readonly message: string;
  /** If it differs from that of the rule. */
  readonly severity?: Severity;
  /** Which of several conditions it is about. */
  readonly part: string;
  /** Whether only a cluster could tell. */
  readonly isUnknown?: true;
  /** Whether the namespace of the object would tell. */
  readonly lacksNamespace?: true;
  /** The values of the object on which it depends: with others it says something else. */
  readonly seen?: readonly string[];
}

/** Why an entry allows something, and until when. Reports show it. */
export interface Approval {
  readonly reason: string;
  readonly approver?: string;
  /** Where it was discussed. */
  readonly ticket?: string;
  /** The last day on which the entry is valid: YYYY-MM-DD, in UTC. */
  readonly expires?: string;
}

export interface Exception extends Approval {
  /** Ids, or patterns such as `no-host-*`. */
  readonly rules: readonly string[];
  readonly match: Selector & {
    /** The name of a container. */
    readonly container?: string;
    /** The image of a container, as the manifest writes it. */
    readonly image?: string;
  } & AllowedUses;
}

/** Objects whose annotations may allow findings of some rules in them. */
export interface AnnotationTrust {
  readonly match: Pick<Selector, 'kind' | 'namespace' | 'name'>;
  /** Ids, or patterns such as `no-host-*`. */
  readonly rules: readonly string[];
}

/** The path of a pod spec in custom resources of one kind. */
export interface CustomWorkload {
  /** The API group; without a version. */
  readonly group: string;
  readonly kind: string;
  /** From the object's root: `spec.groups[*].template`. */
  readonly path: string;
  /**
   * A `template`, with `metadata` and `spec`; a complete pod `spec`; or only some of its
   * `settings`, to which nothing is added.
   */
  readonly holds?: 'template' | 'spec' | 'settings';
}

/** Objects that open workloads outside the cluster on purpose: Services, Ingresses, routes. */
export interface Exposure extends Approval {
  readonly match: Selector;
}

/** An entry of a policy that allows something. */
export type PolicyEntry = Exception | Exposure | DeclaredConnection;

/** Entries of a policy that allow something. */
export interface Allowances {
  readonly exceptions: readonly Exception[];
  readonly exposed: readonly Exposure[];
  readonly connections: readonly DeclaredConnection[];
}
