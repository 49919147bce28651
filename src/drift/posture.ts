import type {Severity} from '../severity.ts';

/** What a fact is about, in the order of a lock file. */
export const aspects = [
  'images',
  'privileges',
  'account',
  'exposure',
  'leadsTo',
  'reachableFrom',
  'connectsTo',
  'grants',
  'admission',
] as const;
export type Aspect = (typeof aspects)[number];

/** One line of a lock file, and how bad it is. */
export interface Fact {
  readonly text: string;
  readonly severity: Severity;
}

/** An exception of the policy that was used, or a finding by its fingerprint. */
export interface FoundFact extends Fact {
  readonly isExcepted?: boolean;
}

/** The facts about one object, sorted. */
export interface ObjectFacts {
  readonly facts: {readonly [aspect in Aspect]: readonly Fact[]};
  /** Whether it exists only at some events, so that a cluster may not have it. */
  readonly isHook: boolean;
}

/** What matters for security in one or more releases, without what each render makes anew. */
export interface Posture {
  /** Workloads, and objects that expose or grant something, by their stable titles. */
  readonly objects: ReadonlyMap<string, ObjectFacts>;
  /** The exceptions in force. */
  readonly exceptions: readonly Fact[];
  /** All findings of all rules, by their fingerprints. */
  readonly findings: readonly FoundFact[];
}
