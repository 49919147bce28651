import type {Edit} from '../edits.ts';
import type {JsonMap, Path} from '../json.ts';
import type {Container, PodSpec} from '../kubernetes/pod-spec.ts';
import type {Resource} from '../kubernetes/resource.ts';
import type {StreamIndex} from '../kubernetes/stream-index.ts';
import type {Allowances} from '../network/policies/network-policy.ts';
import type {Policy} from '../policy/policy.ts';
import type {Severity} from '../severity.ts';
import type {Ambiguities} from '../stream/ambiguities.ts';
import type {AddedObject} from '../stream/write-stream.ts';

/**
 * Who notices a rule's rewrite: `none`, nothing that runs; `possible`, only a workload that uses
 * the privilege; `likely`, a workload that was written to use it.
 */
type Disruption = 'none' | 'possible' | 'likely';

/**
 * What a rewrite does to what the manifest asks for: it `fills` a default that was left open, or
 * `takes` what stands there. A taking waits where anything shows that the pod needs it.
 */
type Effect = 'fills' | 'takes';

/** What the rewrites of a rule do. */
interface Rewrite {
  /** In a sentence without its subject: "removes `hostPort`". */
  readonly does: string;
  readonly disruption: Disruption;
  /** Of its violations, unless one says otherwise. */
  readonly effect: Effect;
  /**
   * Whether a container that was not made for the rewrite no longer starts: then one for which
   * something speaks waits under every profile.
   */
  readonly mayStopStart?: true;
}

/**
 * The controls that a rule enforces, as each standard numbers them. Absent where no published
 * mapping says so: an auditor relies on them, so nothing here is a guess.
 */
export interface References {
  /** Pod Security Standards: the level that demands the rule, and the control's name. */
  readonly podSecurity?: {
    readonly level: 'baseline' | 'restricted';
    readonly control: string;
    /** The first version of the standards that demands it, where that is not v1.0. */
    readonly since?: `v1.${number}`;
  };
  /** CIS Kubernetes Benchmark v1.12, as kube-bench's `cis-1.12` numbers it. */
  readonly cis?: readonly string[];
  /** Kubescape's controls. */
  readonly kubescape?: readonly string[];
  /** The section of the NSA/CISA Kubernetes Hardening Guide v1.2. */
  readonly nsa?: string;
  /**
   * NIST SP 800-53 r5, as Google's Policy Controller maps its bundle `nist-sp-800-53-r5`, or
   * ComplianceAsCode its OpenShift rules.
   */
  readonly nist?: readonly string[];
  /** Requirements of PCI DSS 4.0, as Google's Policy Controller maps its bundle `pci-dss-v4.0`. */
  readonly pci?: readonly string[];
  /**
   * Techniques of MITRE ATT&CK's Containers matrix, v18.1, whose description or mitigations name
   * what the rule restricts: `scripts/docs/standards.ts` tells which.
   */
  readonly mitre?: readonly string[];
}

/**
 * What a rule is, and how it sees its mistake. A rule inspects and reports: it reads values,
 * edits no text and does no I/O. It has one or more of the visitors below, each of which yields
 * a violation a mistake. A rule that rewrites is called again on the rewritten object, and must
 * find nothing more there to rewrite.
 */
export interface Rule {
  readonly id: string;
  /** What must hold, in a few words: "Containers must not use host ports". */
  readonly title: string;
  readonly severity: Severity;
  /** What the author of the manifest must do: one sentence, to them. */
  readonly remedy: string;
  /** Why an attacker cares. */
  readonly rationale: string;
  /** Absent where the rule only flags. */
  readonly rewrite?: Rewrite;
  readonly references: References;
  /** Whether the mistake is an exposure, which a policy may declare as made on purpose. */
  readonly isExposure?: true;
  /** Called for each pod spec of the stream. */
  readonly checkPod?: (pod: PodSpec, context: RuleContext) => Iterable<Violation>;
  /** Called for each container: init and ephemeral containers as well. */
  readonly checkContainer?: (
    container: Container,
    pod: PodSpec,
    context: RuleContext,
  ) => Iterable<Violation>;
  /**
   * The kinds, besides those that hold pods, that the rule looks at, of whatever group; `all` is
   * every kind but a CustomResourceDefinition, `custom` every kind that may hold pods somewhere.
   * Absent where pods are all that it looks at.
   */
  readonly kinds?: readonly string[] | 'all' | 'custom';
  /** Called for each object of `kinds`. */
  readonly checkResource?: (resource: Resource, context: RuleContext) => Iterable<Violation>;
  /** Called once for a stream, when all objects have been rewritten. Reports no edits. */
  readonly checkStream?: (stream: StreamIndex, context: RuleContext) => Iterable<StreamViolation>;
}

export interface Violation {
  /** The field at fault, from the object's root. Of a field that is missing: where it belongs. */
  readonly path: Path;
  /** What is wrong and what an attacker gains: names the field in back-quotes, values in quotes. */
  readonly message: string;
  /** The container's name, where the fault is a container's. */
  readonly container?: string;
  /** Where it differs from the rule's own. */
  readonly severity?: Severity;
  /** The rewrite, with paths from the object's root; absent where there is none. */
  readonly edits?: readonly Edit[];
  /** Where it differs from that of the rule's rewrite. */
  readonly effect?: Effect;
  /** What no manifest tells, and the rewrite needs to be true: how a sentence ends after "not known". */
  readonly doubt?: string;
  /** The object whose adding to the stream is the rewrite. */
  readonly addition?: Addition;
}

/** What only the whole stream tells of an object. */
export interface StreamViolation extends Violation {
  readonly resource: Resource;
  /** Whether nothing is wrong: the user is told, and no threshold counts it. */
  readonly isNote?: true;
  /** Of a note: what it is about. Where that is not added, it is not told. */
  readonly about?: Addition;
  /** Of a note: annotations by which the object tells it too, where the policy annotates. */
  readonly marks?: JsonMap;
  /** Present where clients of the pods are the user's to decide on. */
  readonly decision?: Decision;
}

/** Clients of pods that the user must decide on: whether somebody is there, no manifest says. */
interface Decision {
  /** `waits`: something shows that they are meant, so they are admitted until then; `cut`: they are not. */
  readonly state: 'waits' | 'cut';
  /** What shows it, a sentence each. */
  readonly evidence: readonly string[];
  /** The object by which they come: to declare it under `exposed` admits them. */
  readonly exposes: Resource;
}

/** An object that is added to the stream. */
export interface Addition extends AddedObject {
  /** Of a NetworkPolicy: what it admits, rule by rule, and why. */
  readonly allowances?: Allowances;
}

export interface RuleContext {
  readonly policy: Policy;
  /** The stream as it was read. */
  readonly stream: StreamIndex;
  readonly ambiguities: Ambiguities;
}

/** What the rewrite of a rule's violation does; undefined where the rule only flags. */
export const effectOf = ({rewrite}: Rule, {effect}: Violation): Effect | undefined =>
  effect ?? rewrite?.effect;
