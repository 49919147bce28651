import {applyEdits, set} from '../edits.ts';
import {asMap, asString, type JsonMap, toPointer, valueAt} from '../json.ts';
import type {Resource} from '../kubernetes/resource.ts';
import {StreamIndex} from '../kubernetes/stream-index.ts';
import type {ExceptionBook} from '../policy/exceptions.ts';
import type {Exception, Exposure, Policy} from '../policy/policy.ts';
import type {Status} from '../report/finding.ts';
import {rules} from '../rules/index.ts';
import type {Rule, RuleContext, Violation} from '../rules/rule.ts';
import {type View, viewOf, violationsOf} from './view.ts';

/** Lists, on a rewritten object, the rules whose rewrites were made. */
const rewrittenAnnotation = 'kube-harden.io/rewritten';

/** A violation, with what was decided about it. */
export interface Verdict {
  readonly rule: Rule;
  readonly violation: Violation;
  readonly status: Status;
  /** What of the policy allows it. */
  readonly exception?: Exception | Exposure;
}

export interface CheckedResource {
  /** As it was read. */
  readonly resource: Resource;
  /** As it was rewritten, with holes where list items were removed; or as it was read. */
  readonly hardened: JsonMap;
  readonly verdicts: readonly Verdict[];
}

/** Checks objects against a policy, and rewrites them as it says. */
export class Checker {
  readonly #context: RuleContext;
  readonly #exceptions: ExceptionBook;
  readonly #active: readonly Rule[];

  constructor(context: RuleContext, exceptions: ExceptionBook) {
    this.#context = context;
    this.#exceptions = exceptions;
    this.#active = rules.filter(rule => context.policy.rules.has(rule.id));
  }

  /**
   * Checks one object, rewrites it, and checks it once more: a finding counts as fixed only where
   * that last check no longer sees it.
   */
  check(resource: Resource): CheckedResource {
    const view = viewOf(resource);
    const before = this.#violations(view);
    if (!before.some(found => this.#isToFix(found))) {
      return {resource, hardened: resource.value, verdicts: before.map(found => judged(found))};
    }
    const rewritten = this.#rewrite(view);
    const after = this.#violations(rewritten);
    const remaining = new Set(after.map(keyOf));
    const known = new Set(before.map(keyOf));
    const verdicts = [
      ...before.map(found => judged(found, !remaining.has(keyOf(found)))),
      ...after.filter(found => !known.has(keyOf(found))).map(found => judged(found)),
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
    const stream = new StreamIndex(resources);
    const found = new Map<Resource, Verdict[]>(resources.map(resource => [resource, []]));
    for (const rule of this.#active) {
      for (const violation of rule.checkStream?.(stream, this.#context) ?? []) {
        const place = this.#place(rule, violation, violation.resource);
        const isFixed = this.#isToFix(place) && violation.addition !== undefined;
        found.get(violation.resource)?.push(judged(place, isFixed));
      }
    }
    return checked.map((result, index) => {
      const added = found.get(resources[index] as Resource) ?? [];
      return added.length === 0 ? result : {...result, verdicts: [...result.verdicts, ...added]};
    });
  }

  #violations(view: View): readonly Found[] {
    const found: Found[] = [];
    for (const rule of this.#active) {
      for (const violation of violationsOf(rule, view, this.#context)) {
        found.push(this.#place(rule, violation, view.resource));
      }
    }
    return found;
  }

  #place(rule: Rule, violation: Violation, resource: Resource): Found {
    const exception = this.#exceptions.find(rule, resource, violation.container);
    return exception === undefined ? {rule, violation} : {rule, violation, exception};
  }

  #isToFix({rule, violation, exception}: Found): boolean {
    const {policy} = this.#context;
    return (
      policy.rules.get(rule.id) === 'fix' &&
      exception === undefined &&
      (violation.edits !== undefined || violation.addition !== undefined)
    );
  }

  /**
   * Makes the rewrites, rule by rule, until none is left to make: a rewrite may be what another
   * rule was waiting for.
   *
   * @throws {Error} where rules undo each other's rewrites: a mistake of theirs
   */
  #rewrite(original: View): View {
    let view = original;
    for (let pass = 0; pass < 10; pass++) {
      const atStart = view;
      for (const rule of this.#active) view = this.#applyRule(rule, view);
      if (view === atStart) return view;
    }
    const {kind, name} = original.resource;
    throw new Error(`the rewrites of ${kind} "${name}" go in circles`);
  }

  #applyRule(rule: Rule, view: View): View {
    if (this.#context.policy.rules.get(rule.id) !== 'fix') return view;
    const edits = [...violationsOf(rule, view, this.#context)]
      .map(violation => this.#place(rule, violation, view.resource))
      .filter(found => this.#isToFix(found))
      .flatMap(({violation}) => violation.edits ?? []);
    const value = applyEdits(view.resource.value, edits) as JsonMap;
    return value === view.resource.value ? view : viewOf(view.resource, value);
  }
}

interface Found {
  readonly rule: Rule;
  readonly violation: Violation;
  readonly exception?: Exception | Exposure;
}

/** Tells a finding from every other of its object, before and after a rewrite. */
const keyOf = ({rule, violation}: Found): string =>
  `${rule.id} ${toPointer(violation.path)} ${violation.container ?? ''}`;

function judged(found: Found, isFixed = false): Verdict {
  if (found.exception !== undefined) return {...found, status: 'excepted'};
  return {...found, status: isFixed ? 'fixed' : 'flagged'};
}

/** `value` with the annotation that lists the rules applied, those of earlier runs included. */
function annotated(value: JsonMap, verdicts: readonly Verdict[], {annotate}: Policy): JsonMap {
  if (!annotate) return value;
  const path = ['metadata', 'annotations', rewrittenAnnotation];
  const earlier = asString(valueAt(value, path))?.split(',') ?? [];
  const applied = verdicts.filter(({status}) => status === 'fixed').map(({rule}) => rule.id);
  if (applied.length === 0) return value;
  const list = [...new Set([...earlier, ...applied])].sort().join(',');
  return asMap(applyEdits(value, [set(path, list)])) ?? value;
}
