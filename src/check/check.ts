import {applyEdits, set} from '../edits.ts';
import {Evidence} from '../evidence/evidence.ts';
import type {StreamFacts} from '../evidence/stream-facts.ts';
import {asMap, type JsonMap} from '../json.ts';
import {rewrittenAnnotation} from '../kubernetes/own-marks.ts';
import type {Resource} from '../kubernetes/resource.ts';
import {StreamIndex} from '../kubernetes/stream-index.ts';
import {WorkLimit} from '../kubernetes/work-limit.ts';
import {annotatedException} from '../policy/annotations.ts';
import type {ExceptionBook} from '../policy/exceptions.ts';
import type {Policy} from '../policy/policy.ts';
import {activeRules} from '../rules/index.ts';
import type {Addition, Rule, RuleContext, StreamViolation, Violation} from '../rules/rule.ts';
import {grouped} from '../text/grouped.ts';
import {noteOnReplacement} from './immutable.ts';
import {PodNeeds} from './need.ts';
import {Remaining} from './remaining.ts';
import type {CheckedResource, Verdict} from './verdict.ts';
import {checks, eachViolationOf, isAskedFor, type View, viewOf} from './view.ts';

/** How many findings one stream may have: each costs some kilobytes until the report is written. */
const mostFindings = 250_000;
const tooManyFindings = `there are more than ${grouped(mostFindings)} findings: split the stream, or choose fewer rules`;

/** How many characters all messages may have, with the names of objects and containers that reports repeat. */
const mostText = 300_000_000;
const tooMuchText =
  'the findings repeat names that are far too long: the API server would refuse such names';

/** Checks objects against a policy, and rewrites them accordingly. */
export class Checker {
  readonly #context: RuleContext;
  readonly #exceptions: ExceptionBook;
  readonly #facts: StreamFacts;
  readonly #active: readonly Rule[];
  /** The active rules that check anything in the objects of a kind, with or without pods. */
  readonly #byKind = new Map<string, readonly Rule[]>();
  readonly #found = new WorkLimit(mostFindings, tooManyFindings);
  readonly #text = new WorkLimit(mostText, tooMuchText);

  constructor(context: RuleContext, exceptions: ExceptionBook, facts: StreamFacts) {
    this.#context = context;
    this.#exceptions = exceptions;
    this.#facts = facts;
    this.#active = activeRules(context.policy);
  }

  /**
   * Checks one object, rewrites it, and checks it again: a finding counts as fixed only if the last
   * check no longer reports it.
   *
   * @throws {UsageError} if there are too many findings to keep
   */
  check(resource: Resource): CheckedResource {
    const checked = this.#check(resource);
    this.#found.count(checked.verdicts.length);
    return checked;
  }

  #check(resource: Resource): CheckedResource {
    const view = viewOf(resource, this.#context.policy.workloads);
    const first = this.#speakersOf(view);
    const before = first.verdicts;
    if (!before.some(verdict => this.#isToFix(verdict))) {
      return {resource, hardened: resource.value, verdicts: before};
    }
    const {view: rewritten, verdicts: left} = this.#rewrite(first);
    const remaining = new Remaining(left);
    const verdicts = [
      ...before.map(verdict => remaining.take(verdict) ?? asFixed(verdict)),
      ...remaining.others(),
    ];
    const hardened = annotated(rewritten.resource.value, verdicts, this.#context.policy);
    const notes = noteOnReplacement(resource, hardened, verdicts);
    return {resource, hardened, verdicts: [...verdicts, ...notes]};
  }

  /**
   * Runs the checks of the whole stream, once all of its objects have been rewritten. Returns
   * `checked` with these verdicts added.
   *
   * @throws {UsageError} if there are too many findings to keep
   */
  checkStream(checked: readonly CheckedResource[]): readonly CheckedResource[] {
    const resources = checked.map(({resource, hardened}) =>
      hardened === resource.value ? resource : {...resource, value: hardened},
    );
    const isAsRead = resources.every((resource, index) => resource === checked[index]?.resource);
    const {stream: read, policy} = this.#context;
    const stream = isAsRead ? read : new StreamIndex(resources, policy.workloads);
    const verdicts = new Map<Resource, Verdict[]>(resources.map(each => [each, []]));
    for (const rule of this.#active) {
      for (const verdict of this.#verdictsOn(rule, stream)) {
        this.#found.count(1);
        this.#text.count(lengthOf(verdict.violation, verdict.violation.resource));
        verdicts.get(verdict.violation.resource)?.push(verdict);
      }
    }
    return checked.map((result, index) => {
      const added = verdicts.get(resources[index] as Resource) ?? [];
      if (added.length === 0) return result;
      const edited = this.#edited(result, added);
      const hardened = this.#marked(edited, added);
      return {...result, hardened, verdicts: [...result.verdicts, ...added]};
    });
  }

  /**
   * The violations of a rule in the whole stream, without notes about additions that an exception
   * has prevented.
   */
  *#verdictsOn(
    rule: Rule,
    stream: StreamIndex,
  ): Iterable<Verdict & {readonly violation: StreamViolation}> {
    const excepted = new Set<Addition>();
    for (const found of rule.checkStream?.(stream, this.#context) ?? []) {
      if (found.about !== undefined && excepted.has(found.about)) continue;
      if (!isAskedFor(rule, found, this.#context.policy)) continue;
      const violation = this.#withoutDecided(rule, found);
      const verdict = this.#judgedInStream(rule, violation);
      const {addition} = violation;
      if (addition !== undefined && verdict.status === 'excepted') excepted.add(addition);
      yield {...verdict, violation};
    }
  }

  /** The object of `result` with the rewrites that only the whole stream allows. */
  #edited({hardened, verdicts}: CheckedResource, added: readonly Verdict[]): JsonMap {
    const fixed = added.filter(({status, violation}) => status === 'fixed' && violation.edits);
    if (fixed.length === 0) return hardened;
    const edits = fixed.flatMap(({violation}) => violation.edits ?? []);
    const value = asMap(applyEdits(hardened, edits)) ?? hardened;
    return annotated(value, [...verdicts, ...fixed], this.#context.policy);
  }

  /** `value` with the annotations of its notes, if the rule may rewrite. */
  #marked(value: JsonMap, verdicts: readonly Verdict[]): JsonMap {
    const {annotate, rules} = this.#context.policy;
    if (!annotate) return value;
    const edits = verdicts
      .filter(({rule}) => rules.get(rule.id) === 'fix')
      .flatMap(({violation}) => Object.entries(marksOf(violation)))
      .map(([key, text]) => set(['metadata', 'annotations', key], text));
    return asMap(applyEdits(value, edits)) ?? value;
  }

  /** `violation`, without a decision that the policy has already made. */
  #withoutDecided(rule: Rule, violation: StreamViolation): StreamViolation {
    const {rules: modes, waiting} = this.#context.policy;
    const isOpen = modes.get(rule.id) === 'fix' && waiting.has(rule.id);
    if (isOpen || violation.decision === undefined) return violation;
    const {decision: _, ...decided} = violation;
    return decided;
  }

  #judgedInStream(rule: Rule, violation: StreamViolation): Verdict {
    const {decision} = violation;
    if (violation.isNote) {
      const evidence = decision?.evidence ?? [];
      return {rule, violation, status: 'noted', evidence, waits: decision?.state === 'waits'};
    }
    const verdict = this.#judged(rule, violation, violation.resource);
    if (decision?.state === 'waits' && verdict.status === 'flagged') {
      return {...verdict, evidence: decision.evidence, waits: true};
    }
    return this.#isToFix(verdict) ? asFixed(verdict) : verdict;
  }

  #verdicts(view: View, evidence: Evidence): readonly Verdict[] {
    const verdicts: Verdict[] = [];
    const limit = new WorkLimit(mostFindings, tooManyFindings);
    for (const rule of this.#rulesFor(view)) {
      eachViolationOf(rule, view, this.#context, violation => {
        limit.count(1);
        this.#text.count(lengthOf(violation, view.resource));
        verdicts.push(this.#judged(rule, violation, view.resource, evidence));
      });
    }
    return verdicts;
  }

  #rulesFor(view: View): readonly Rule[] {
    const {group, kind} = view.resource;
    const key = `${view.pods.length > 0 ? 'pods' : ''} ${group}/${kind}`;
    const known = this.#byKind.get(key) ?? this.#active.filter(rule => checks(rule, view));
    this.#byKind.set(key, known);
    return known;
  }

  /** The verdict before anything is rewritten. */
  #judged(rule: Rule, violation: Violation, resource: Resource, known?: Evidence): Verdict {
    const exception =
      this.#exceptions.find(rule, resource, violation) ??
      annotatedException(rule.id, resource, this.#context.policy.trustAnnotations);
    const evidence = known?.against(rule, violation) ?? [];
    const judged = {rule, violation, evidence};
    const isNote = violation.isNote && (!violation.lacksNamespace || exception === undefined);
    if (isNote) return {...judged, status: 'noted', waits: false};
    if (exception !== undefined) return {...judged, exception, status: 'excepted', waits: false};
    const isOpen = evidence.length > 0 || violation.doubt !== undefined;
    const verdict = {...judged, status: 'flagged', waits: false} as const;
    return isOpen && this.#mayWait(verdict) ? {...verdict, waits: true} : verdict;
  }

  /** `verdict` with the evidence of need, if its rewrite is still undecided. */
  #heldBack(verdict: Verdict, needs: PodNeeds): Verdict {
    const {rule, violation, evidence} = verdict;
    if (evidence.length > 0 || !this.#mayWait(verdict)) return verdict;
    const ofPod = needs.against(rule, violation);
    return ofPod.length === 0 ? verdict : {...verdict, evidence: ofPod, waits: true};
  }

  #isToFix(verdict: Verdict): boolean {
    return this.#mayFix(verdict) && !verdict.waits;
  }

  #mayFix({rule, violation, status}: Verdict): boolean {
    return (
      this.#context.policy.rules.get(rule.id) === 'fix' &&
      status === 'flagged' &&
      (violation.edits !== undefined || violation.addition !== undefined)
    );
  }

  #mayWait(verdict: Verdict): boolean {
    return this.#context.policy.waiting.has(verdict.rule.id) && this.#mayFix(verdict);
  }

  /**
   * Makes the rewrites, rule by rule, until none is left: a rewrite can enable another one, or
   * remove the evidence against another one. The evidence is collected again from the rewritten
   * object until nothing changes: a second run must find nothing to do.
   *
   * @returns what the last check of the rewritten object says
   * @throws {Error} if rules undo each other's rewrites, which is a bug in the rules
   */
  #rewrite(first: Speakers): Speakers {
    const rules = this.#rulesFor(first.view);
    let {view} = first;
    let speakers = first;
    // The rules after that index have nothing to rewrite in the object as it is.
    let last = rules.length - 1;
    for (let pass = 0; pass < 10; pass++) {
      const atStart = view;
      for (const [index, rule] of rules.entries()) {
        if (view === atStart && index > last) break;
        const next = this.#applyRule(rule, view, speakers);
        if (next !== view) [view, last] = [next, index];
      }
      if (view !== atStart) continue;
      if (speakers.view === view) return speakers;
      const {isEmpty} = speakers.needs;
      speakers = this.#speakersOf(view);
      if (isEmpty) return speakers;
      last = rules.length - 1;
    }
    const {kind, name} = first.view.resource;
    throw new Error(`the rewrites of ${kind} "${name}" undo each other`);
  }

  #speakersOf(view: View): Speakers {
    const evidence = new Evidence(view.resource, view.pods, this.#facts);
    const seen = this.#verdicts(view, evidence);
    const needs = new PodNeeds(evidence, seen);
    const verdicts = seen.map(verdict => this.#heldBack(verdict, needs));
    return {view, verdicts, evidence, needs};
  }

  #applyRule(rule: Rule, view: View, speakers: Speakers): View {
    if (this.#context.policy.rules.get(rule.id) !== 'fix') return view;
    const edits = this.#verdictsBy(rule, view, speakers)
      .filter(verdict => this.#isToFix(verdict))
      .flatMap(({violation}) => violation.edits ?? []);
    if (edits.length === 0) return view;
    const value = applyEdits(view.resource.value, edits) as JsonMap;
    return value === view.resource.value
      ? view
      : viewOf(view.resource, this.#context.policy.workloads, value);
  }

  /** The verdicts of one rule on `view`, with the evidence at an earlier step. */
  #verdictsBy(rule: Rule, view: View, {view: at, verdicts, evidence, needs}: Speakers) {
    if (view === at) return verdicts.filter(each => each.rule === rule);
    const found: Verdict[] = [];
    eachViolationOf(rule, view, this.#context, violation => {
      found.push(this.#heldBack(this.#judged(rule, violation, view.resource, evidence), needs));
    });
    return found;
  }
}

/** The evidence for the settings of one object, at one step of its rewriting, and the verdicts with it. */
interface Speakers {
  readonly view: View;
  readonly verdicts: readonly Verdict[];
  readonly evidence: Evidence;
  readonly needs: PodNeeds;
}

/** How much of a report a violation takes. */
const lengthOf = ({message, container = ''}: Violation, {name}: Resource): number =>
  message.length + container.length + name.length;

/** The verdict on a violation that is gone after the rewrite. */
const asFixed = (verdict: Verdict): Verdict =>
  verdict.status === 'excepted' || verdict.status === 'noted'
    ? verdict
    : {...verdict, status: 'fixed', waits: false};

const marksOf = (violation: Violation | StreamViolation): JsonMap =>
  ('marks' in violation ? violation.marks : undefined) ?? {};

/**
 * `value` with the annotation that lists the applied rules. It replaces what the manifest claimed.
 */
function annotated(value: JsonMap, verdicts: readonly Verdict[], {annotate}: Policy): JsonMap {
  if (!annotate) return value;
  const applied = verdicts
    .filter(({status, rule}) => status === 'fixed' && rule.rewrite !== undefined)
    .map(({rule}) => rule.id);
  if (applied.length === 0) return value;
  const list = [...new Set(applied)].sort().join(',');
  const path = ['metadata', 'annotations', rewrittenAnnotation];
  return asMap(applyEdits(value, [set(path, list)])) ?? value;
}
