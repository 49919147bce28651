import {applyEdits, set} from '../edits.ts';
import {Evidence} from '../evidence/evidence.ts';
import type {StreamFacts} from '../evidence/stream-facts.ts';
import {asMap, asString, type JsonMap, toPointer, valueAt} from '../json.ts';
import type {Resource} from '../kubernetes/resource.ts';
import {StreamIndex} from '../kubernetes/stream-index.ts';
import type {ExceptionBook} from '../policy/exceptions.ts';
import type {Exception, Exposure, Policy} from '../policy/policy.ts';
import {activeRules} from '../rules/index.ts';
import type {Rule, RuleContext, StreamViolation, Violation} from '../rules/rule.ts';
import {PodNeeds} from './need.ts';
import type {CheckedResource, RuleNote, Verdict} from './verdict.ts';
import {type View, viewOf, violationsOf} from './view.ts';

/** Lists, on a rewritten object, the rules whose rewrites were made. */
const rewrittenAnnotation = 'kube-harden.io/rewritten';

/** Checks objects against a policy, and rewrites them as it says. */
export class Checker {
  readonly #context: RuleContext;
  readonly #exceptions: ExceptionBook;
  readonly #facts: StreamFacts;
  readonly #active: readonly Rule[];

  constructor(context: RuleContext, exceptions: ExceptionBook, facts: StreamFacts) {
    this.#context = context;
    this.#exceptions = exceptions;
    this.#facts = facts;
    this.#active = activeRules(context.policy);
  }

  /**
   * Checks one object, rewrites it, and checks it once more: a finding counts as fixed only where
   * that last check no longer sees it.
   */
  check(resource: Resource): CheckedResource {
    const view = viewOf(resource, this.#context.policy.workloads);
    const evidence = new Evidence(view.pods, this.#facts);
    const seen = this.#violations(view, evidence);
    const speakers = {evidence, needs: new PodNeeds(evidence, seen)};
    const before = seen.map(found => this.#heldBack(found, speakers));
    if (!before.some(found => this.#isToFix(found))) {
      const verdicts = before.map(found => this.#judged(found));
      return {resource, hardened: resource.value, verdicts};
    }
    const rewritten = this.#rewrite(view, speakers);
    const after = this.#violations(rewritten, evidence).map(found =>
      this.#heldBack(found, speakers),
    );
    const remaining = new Map(after.map(found => [keyOf(found), found]));
    const known = new Set(before.map(keyOf));
    const verdicts = [
      ...before.map(found => {
        const left = remaining.get(keyOf(found));
        return left === undefined ? this.#judged(found, true) : this.#judged(left);
      }),
      ...after.filter(found => !known.has(keyOf(found))).map(found => this.#judged(found)),
    ];
    const hardened = annotated(rewritten.resource.value, verdicts, this.#context.policy);
    return {resource, hardened, verdicts};
  }

  /**
   * Checks what only the whole stream tells, once all of its objects have been rewritten. Gives
   * `checked` back with these verdicts added.
   */
  checkStream(checked: readonly CheckedResource[]): readonly CheckedResource[] {
    const resources = checked.map(({resource, hardened}) => ({...resource, value: hardened}));
    const stream = new StreamIndex(resources, this.#context.policy.workloads);
    const verdicts = new Map<Resource, Verdict[]>(resources.map(each => [each, []]));
    const notes = new Map<Resource, RuleNote[]>(resources.map(each => [each, []]));
    for (const rule of this.#active) {
      for (const violation of rule.checkStream?.(stream, this.#context) ?? []) {
        const {resource, isNote} = violation;
        if (isNote === true) notes.get(resource)?.push({rule, violation});
        else verdicts.get(resource)?.push(this.#judgedInStream(rule, violation));
      }
    }
    return checked.map((result, index) => {
      const resource = resources[index] as Resource;
      const added = verdicts.get(resource) ?? [];
      const told = notes.get(resource) ?? [];
      if (added.length + told.length === 0) return result;
      return {...result, verdicts: [...result.verdicts, ...added], notes: told};
    });
  }

  #judgedInStream(rule: Rule, violation: StreamViolation): Verdict {
    const place = this.#place(rule, violation, violation.resource);
    return this.#judged(place, this.#isToFix(place) && violation.addition !== undefined);
  }

  #violations(view: View, evidence: Evidence): readonly Found[] {
    const found: Found[] = [];
    for (const rule of this.#active) {
      for (const violation of violationsOf(rule, view, this.#context)) {
        found.push(this.#place(rule, violation, view.resource, evidence));
      }
    }
    return found;
  }

  #place(rule: Rule, violation: Violation, resource: Resource, known?: Evidence): Found {
    const exception = this.#exceptions.find(rule, resource, violation.container);
    const evidence = known?.against(rule.id, violation) ?? [];
    return {rule, violation, evidence, ...(exception === undefined ? {} : {exception})};
  }

  /** `found`, with what speaks for the pod where its rewrite is still to be decided. */
  #heldBack(found: Found, {needs}: Speakers): Found {
    const {rule, violation, evidence} = found;
    if (evidence.length > 0 || !this.#mayWait(found)) return found;
    const ofPod = needs.against(rule, violation);
    return ofPod.length === 0 ? found : {...found, evidence: ofPod};
  }

  #isToFix(found: Found): boolean {
    return this.#mayFix(found) && !this.#waits(found);
  }

  #mayFix({rule, violation, exception}: Found): boolean {
    return (
      this.#context.policy.rules.get(rule.id) === 'fix' &&
      exception === undefined &&
      (violation.edits !== undefined || violation.addition !== undefined)
    );
  }

  #mayWait(found: Found): boolean {
    return this.#context.policy.waiting.has(found.rule.id) && this.#mayFix(found);
  }

  #waits(found: Found): boolean {
    const isOpen = found.evidence.length > 0 || found.violation.doubt !== undefined;
    return isOpen && this.#mayWait(found);
  }

  #judged(found: Found, isFixed = false): Verdict {
    if (found.exception !== undefined) return {...found, status: 'excepted', waits: false};
    return {...found, status: isFixed ? 'fixed' : 'flagged', waits: !isFixed && this.#waits(found)};
  }

  /**
   * Makes the rewrites, rule by rule, until none is left to make: a rewrite may be what another
   * rule was waiting for.
   *
   * @throws {Error} where rules undo each other's rewrites: a mistake of theirs
   */
  #rewrite(original: View, speakers: Speakers): View {
    let view = original;
    for (let pass = 0; pass < 10; pass++) {
      const atStart = view;
      for (const rule of this.#active) view = this.#applyRule(rule, view, speakers);
      if (view === atStart) return view;
    }
    const {kind, name} = original.resource;
    throw new Error(`the rewrites of ${kind} "${name}" go in circles`);
  }

  #applyRule(rule: Rule, view: View, speakers: Speakers): View {
    if (this.#context.policy.rules.get(rule.id) !== 'fix') return view;
    const edits = [...violationsOf(rule, view, this.#context)]
      .map(violation => this.#place(rule, violation, view.resource, speakers.evidence))
      .map(found => this.#heldBack(found, speakers))
      .filter(found => this.#isToFix(found))
      .flatMap(({violation}) => violation.edits ?? []);
    const value = applyEdits(view.resource.value, edits) as JsonMap;
    return value === view.resource.value
      ? view
      : viewOf(view.resource, this.#context.policy.workloads, value);
  }
}

/** Who speaks for the settings of one object. */
interface Speakers {
  readonly evidence: Evidence;
  readonly needs: PodNeeds;
}

interface Found {
  readonly rule: Rule;
  readonly violation: Violation;
  readonly exception?: Exception | Exposure;
  readonly evidence: readonly string[];
}

/** Tells a finding from every other of its object, before and after a rewrite. */
const keyOf = ({rule, violation}: Found): string =>
  `${rule.id} ${toPointer(violation.path)} ${violation.container ?? ''}`;

/** `value` with the annotation that lists the rules applied, those of earlier runs included. */
function annotated(value: JsonMap, verdicts: readonly Verdict[], {annotate}: Policy): JsonMap {
  if (!annotate) return value;
  const path = ['metadata', 'annotations', rewrittenAnnotation];
  const earlier = asString(valueAt(value, path))?.split(',') ?? [];
  const applied = verdicts
    .filter(({status, rule}) => status === 'fixed' && rule.rewrite !== undefined)
    .map(({rule}) => rule.id);
  if (applied.length === 0) return value;
  const list = [...new Set([...earlier, ...applied])].sort().join(',');
  return asMap(applyEdits(value, [set(path, list)])) ?? value;
}
