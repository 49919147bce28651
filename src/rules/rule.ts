import type {Edit} from '../edits.ts';
import type {JsonMap, Path} from '../json.ts';
import type {Container, PodSpec} from '../kubernetes/pod-spec.ts';
import type {Resource} from '../kubernetes/resource.ts';
import type {StreamIndex} from '../kubernetes/stream-index.ts';
import type {Allowances} from '../network/policies/network-policy.ts';
import type {DeclaredConnection} from '../policy/network-policy.ts';
import type {Policy} from '../policy/policy.ts';
import type {Uses} from '../policy/uses.ts';
import type {Severity} from '../severity.ts';
import type {Ambiguities} from '../stream/ambiguities.ts';
import type {AddedObject} from '../stream/edit-stream.ts';

/**
 * Who notices the rewrite of a rule: `none`, no running workload; `possible`, only a workload that
 * uses the setting; `likely`, a workload that relies on it.
 */
type Disruption = 'none' | 'possible' | 'likely';

/**
 * What a rewrite does: it `fills` in a default that was left open, or `takes` away what the
 * manifest asks for. A rewrite that takes waits if anything shows that the pod needs it.
 */
type Effect = 'fills' | 'takes';

/** What the rewrites of a rule do. */
interface Rewrite {
  /** In a sentence without its subject: "removes `hostPort`". */
  readonly does: string;
  readonly disruption: Disruption;
  /** For its violations, unless one sets its own. */
  readonly effect: Effect;
  /**
   * Whether a container that was not built for the rewrite no longer starts: if something speaks
   * against such a rewrite, it waits under every profile.
   */
  readonly mayStopStart?: true;
  /** Whether clients that are meant lose what they reach: then what they reach waits under every profile. */
  readonly mayCutOff?: true;
}

/**
 * The controls that a rule enforces, as each standard numbers them. Absent without a published
 * mapping: auditors rely on them, so nothing here is a guess.
 */
export interface References {
  /** Pod Security Standards: the level that requires the rule, and the name of the control. */
  readonly podSecurity?: {
    readonly level: 'baseline' | 'restricted';
    readonly control: string;
    /** The first version of the standards that requires it, if that is not v1.0. */
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
   * what the rule restricts: see `src/frameworks/controls.ts`.
   */
  readonly mitre?: readonly string[];
  /** Of a rule of the policy: what its author refers to. */
  readonly other?: readonly string[];
}

/**
 * A rule: what it is, and how it finds mistakes. A rule inspects and reports: it reads values,
 * edits no text and does no I/O. It has one or more of the visitors below, each of which yields one
 * violation per mistake. A rule that rewrites is called again on the rewritten object, and must
 * then find nothing more to rewrite.
 */
export interface Rule {
  readonly id: string;
  /** The requirement in a few words: "Containers must not use host ports". */
  readonly title: string;
  readonly severity: Severity;
  /** What the author of the manifest must do, in one sentence. */
  readonly remedy: string;
  /** Why it matters: what an attacker gains. */
  readonly rationale: string;
  /** Absent if the rule only flags. */
  readonly rewrite?: Rewrite;
  readonly references: References;
  /**
   * The rules that come first: a pod with one of their mistakes cannot have what this rule asks for, and is not asked for
   * it.
   */
  readonly after?: readonly string[];
  /** Whether the mistake is an exposure, which a policy can declare under `exposed`. */
  readonly isExposure?: true;
  /** Called for each pod spec of the stream. */
  readonly checkPod?: (pod: PodSpec, context: RuleContext) => Iterable<Violation>;
  /** Called for each container, including init and ephemeral containers. */
  readonly checkContainer?: (
    container: Container,
    pod: PodSpec,
    context: RuleContext,
  ) => Iterable<Violation>;
  /**
   * The kinds without pods that the rule looks at, in any group. `all` is every kind except
   * CustomResourceDefinition, `custom` every kind that may contain pods somewhere. Absent if the
   * rule only looks at pods.
   */
  readonly kinds?: readonly string[] | 'all' | 'custom';
  /** Called for each object of `kinds`. */
  readonly checkResource?: (resource: Resource, context: RuleContext) => Iterable<Violation>;
  /**
   * Called once for a stream, when all objects have been rewritten. Its edits change what no other
   * rule reads.
   */
  readonly checkStream?: (stream: StreamIndex, context: RuleContext) => Iterable<StreamViolation>;
}

/** The commands that settle a doubt, with their options but without the program and the targets. */
export const settlingCommands = ['images', 'images --passwd'] as const;
export type SettlingCommand = (typeof settlingCommands)[number];

export interface Violation {
  /** The field at fault, from the root of the object; for a missing field, where it belongs. */
  readonly path: Path;
  /**
   * By which later runs recognize the mistake, if not by `path`: the rewrite of something else may change where the
   * field at fault is.
   */
  readonly place?: Path;
  /** What is wrong and what an attacker gains, with the field in backticks and values in quotes. */
  readonly message: string;
  /** The name of the container at fault, if it is a container. */
  readonly container?: string;
  /** If it differs from that of the rule. */
  readonly severity?: Severity;
  /** The rewrite, with paths from the root of the object; absent if there is none. */
  readonly edits?: readonly Edit[];
  /** If it differs from that of the rule's rewrite. */
  readonly effect?: Effect;
  /**
   * What the rewrite needs to be true but no manifest shows: the end of a sentence after "unknown".
   */
  readonly doubt?: string;
  /** The command that settles the doubt. */
  readonly settledBy?: SettlingCommand;
  /**
   * Whether it is known that the container runs with the rewrite as it did without: then no
   * evidence about its rule speaks against it.
   */
  readonly isProven?: true;
  /** The object to add to the stream as the rewrite. */
  readonly addition?: Addition;
  /** What the setting uses, if an exception can allow it by its value: see `rulesByUse`. */
  readonly uses?: Uses;
  /** Whether this is just a note for the user, which no threshold counts. */
  readonly isNote?: true;
  /** For a note: it may be a mistake, in a namespace that neither the manifest nor the call names. */
  readonly lacksNamespace?: true;
  /** Which of several conditions on the same field it is about. */
  readonly part?: string;
  /** The values that it is about, if no field has them: with others it is another mistake. */
  readonly seen?: readonly string[];
}

/** A violation that only the whole stream shows. */
export interface StreamViolation extends Violation {
  readonly resource: Resource;
  /** For a note: the addition it is about. If that is not added, the note is dropped. */
  readonly about?: Addition;
  /** For a note: annotations with the same information on the object, if the policy annotates. */
  readonly marks?: JsonMap;
  /** Present if the user must decide about clients of the pods. */
  readonly decision?: Decision;
  /** For a note about connections that no manifest shows: declarations of them to start from. */
  readonly connections?: readonly DeclaredConnection[];
}

/** Clients of pods that the user must decide about: no manifest shows whether there are any. */
interface Decision {
  /**
   * `waits`: something shows that they are intended, so they are admitted until then; `cut`: they
   * are cut off.
   */
  readonly state: 'waits' | 'cut';
  /** The evidence, one sentence each. */
  readonly evidence: readonly string[];
  /** The object through which they come: declaring it under `exposed` admits them. */
  readonly exposes: Resource;
}

/** An object that is added to the stream. */
export interface Addition extends AddedObject {
  /** For a NetworkPolicy: what it admits, rule by rule, and why. */
  readonly allowances?: Allowances;
}

export interface RuleContext {
  readonly policy: Policy;
  /** The original stream. */
  readonly stream: StreamIndex;
  readonly ambiguities: Ambiguities;
}

/** What the rewrite of a violation does; undefined if the rule only flags. */
export const effectOf = ({rewrite}: Rule, {effect}: Violation): Effect | undefined =>
  effect ?? rewrite?.effect;
