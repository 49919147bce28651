import {type CheckedResource, type Status, severityOf, type Verdict} from '../check/verdict.ts';
import {type JsonMap, type Path, toPointer, valueAt} from '../json.ts';
import type {Resource} from '../kubernetes/resource.ts';
import {StableNames} from '../kubernetes/stable-names.ts';
import type {Approval, EntryLocks, Policy} from '../policy/policy.ts';
import type {StreamViolation} from '../rules/rule.ts';
import {Inputs} from '../stream/inputs.ts';
import type {ObjectStream} from '../stream/manifest-stream.ts';
import {Locator} from '../yaml/locate.ts';
import type {YamlDocument} from '../yaml/nodes.ts';
import {allowanceOf, exposureOf, lockOn} from './allowances.ts';
import type {Disposition, Finding, ResourceIdentity, Source} from './finding.ts';
import {Fingerprints} from './fingerprints.ts';
import {sourceOf} from './source-of.ts';

/**
 * Turns verdicts into findings: what a report shows, with the place in the source. The place and the fingerprint, which
 * the summary of a rendering does not show, are found when they are first read: see `settled`.
 */
export class FindingPlacer {
  readonly #stream: ObjectStream;
  readonly #locks: EntryLocks;
  readonly #inputs: Inputs;
  #fingerprints: Fingerprints | undefined;
  readonly #placed: Pick<Placed, 'verdict' | 'resource'>[] = [];
  /** Of the findings in `#placed`, in order, as far as one has been read: equal ones are numbered. */
  readonly #known: string[] = [];
  /** For the document that was looked up last: findings come in document order. */
  #locator: Locator | undefined;

  constructor(stream: ObjectStream, {entryLocks}: Pick<Policy, 'entryLocks'>) {
    this.#stream = stream;
    this.#locks = entryLocks;
    this.#inputs = new Inputs(stream.inputs);
  }

  place({resource, hardened, verdicts}: CheckedResource): readonly Finding[] {
    return verdicts.map(verdict => this.#place({verdict, resource, hardened}));
  }

  #place({verdict, resource, hardened}: Placed): Finding {
    const {rule, violation, status, exception, evidence, waits} = verdict;
    const {doubt, settledBy, lacksNamespace} = violation;
    const decision = 'decision' in violation ? violation.decision : undefined;
    // The value of a note, or of a rewrite that adds an object, does not change, and may be a whole
    // pod with its secrets; so may an object as a whole.
    const isField = violation.path.length > 0;
    const isChanged = isField && violation.addition === undefined && status !== 'noted';
    const isOpen = status === 'flagged' || decision !== undefined;
    const locked = isOpen ? lockOn(rule.id, decision !== undefined, this.#locks) : undefined;
    const before = isChanged ? valueAt(resource.value, violation.path) : undefined;
    const after = isChanged ? valueAt(hardened, violation.path) : undefined;
    const fingerprint = this.#lateFingerprint(verdict, resource);
    const source = once(() => this.#sourceOf(resource, violation.path));
    const finding: Finding = {
      rule: rule.id,
      get fingerprint() {
        return fingerprint();
      },
      severity: severityOf(verdict),
      status,
      disposition: waits ? 'waits' : (decision?.state ?? dispositions[status]),
      message: violation.message,
      resource: identityOf(resource),
      ...(violation.container === undefined ? {} : {container: violation.container}),
      path: toPointer(violation.path),
      get source() {
        return source();
      },
      ...(before === undefined ? {} : {before}),
      ...(after === undefined || status !== 'fixed' ? {} : {after}),
      ...(evidence.length === 0 ? {} : {evidence}),
      ...(doubt === undefined || status === 'excepted' ? {} : {doubt}),
      ...(waits ? {waits, ...(settledBy === undefined ? {} : {settledBy})} : {}),
      ...(lacksNamespace === undefined ? {} : {lacksNamespace}),
      ...(locked === undefined ? {} : {locked}),
      ...(decision === undefined || locked !== undefined
        ? {}
        : exposureOf(identityOf(decision.exposes), evidence)),
      ...('connections' in violation ? this.#declarable(violation) : {}),
      ...(exception === undefined ? {} : approvalOf(exception)),
      remedy: rule.remedy,
      references: rule.references,
    };
    return waits ? Object.assign(finding, allowanceOf(finding)) : finding;
  }

  #lateFingerprint(verdict: Verdict, resource: Resource): () => string {
    const index = this.#placed.push({verdict, resource}) - 1;
    return () => {
      for (const each of this.#placed.slice(this.#known.length, index + 1)) {
        this.#known.push(this.#fingerprintOf(each));
      }
      return this.#known[index] as string;
    };
  }

  #fingerprintOf({verdict, resource}: Pick<Placed, 'verdict' | 'resource'>): string {
    const {resources, inputs} = this.#stream;
    this.#fingerprints ??= new Fingerprints(new StableNames(resources, inputs[0]?.release));
    return this.#fingerprints.of(verdict, resource);
  }

  /** The declarations of a note, or the lock that forbids them. */
  #declarable({connections}: Pick<StreamViolation, 'connections'>) {
    if (connections === undefined) return {};
    const {connections: locked} = this.#locks;
    return locked === undefined ? {connections} : {locked};
  }

  #sourceOf(resource: Resource, path: Path): Source {
    const document = this.#stream.documents[resource.document] as YamlDocument;
    if (this.#locator?.document !== document) this.#locator = new Locator(document);
    return sourceOf(this.#inputs, this.#locator, resource, path);
  }
}

/** A verdict on an object, and what became of the object. */
interface Placed {
  readonly verdict: Verdict;
  readonly resource: Resource;
  readonly hardened: JsonMap;
}

/** A finding in which everything has been found, so that it keeps nothing of its stream in memory. */
export const settled = (finding: Finding): Finding => ({...finding});

/** `find`, which is asked once, when its answer is first needed. */
function once<T extends object>(find: () => T): () => T {
  let found: T | undefined;
  return () => {
    found ??= find();
    return found;
  };
}

/** What reports show of the entry that allows a finding. */
const approvalOf = ({reason, approver, ticket, expires}: Approval): Approval => ({
  reason,
  ...(approver === undefined ? {} : {approver}),
  ...(ticket === undefined ? {} : {ticket}),
  ...(expires === undefined ? {} : {expires}),
});

/** A namespace that Helm filled in, because nobody set one, is left out: it is not that of the release. */
function identityOf(resource: Resource): ResourceIdentity {
  const {apiVersion, kind, namespace, isNamespaceAssumed, name} = resource;
  const isKnown = namespace !== undefined && isNamespaceAssumed !== true;
  return {apiVersion, kind, ...(isKnown ? {namespace} : {}), name};
}

/** The disposition for each status, if it does not wait. */
const dispositions = {
  fixed: 'fixed',
  flagged: 'flag-only',
  excepted: 'excepted',
  noted: 'noted',
} as const satisfies Record<Status, Disposition>;
