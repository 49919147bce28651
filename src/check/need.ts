import type {Evidence, Place} from '../evidence/evidence.ts';
import {toPointer} from '../json.ts';
import {endsFirst} from '../kubernetes/pod-spec.ts';
import {effectOf, type Rule, type Violation} from '../rules/rule.ts';
import type {Verdict} from './verdict.ts';

/**
 * The evidence that the pods of one object need what they ask for, whatever rule it is about.
 *
 * A pod with half of its privileges is useless, for example an agent that keeps the host network
 * but loses the capabilities to set it up. So one piece of evidence protects everything that a
 * rewrite would take from its pod. Only an init container that ends before the others start is
 * judged by its own evidence and that of the pod as a whole, which `Evidence` already includes.
 */
export class PodNeeds {
  readonly #evidence: Evidence;
  /** The evidence of each pod, as sentences. */
  readonly #needs = new Map<string, Set<string>>();

  /** `found` are the verdicts on the original object, whose evidence is collected. */
  constructor(evidence: Evidence, found: readonly Verdict[]) {
    this.#evidence = evidence;
    for (const {violation, evidence: sentences} of found) {
      const place = sentences.length === 0 ? undefined : evidence.placeOf(violation.path);
      if (place === undefined) continue;
      const needs = this.#needs.get(keyOf(place)) ?? new Set();
      this.#needs.set(keyOf(place), needs);
      for (const sentence of sentences) needs.add(sentence);
    }
  }

  /** Whether there is no evidence for any of the pods. */
  get isEmpty(): boolean {
    return this.#needs.size === 0;
  }

  /** The evidence against the rewrite of `violation`, if it takes anything away. */
  against(rule: Rule, violation: Violation): readonly string[] {
    if (this.isEmpty || effectOf(rule, violation) !== 'takes') return [];
    const place = this.#evidence.placeOf(violation.path);
    if (place === undefined) return [];
    const isAlone = place.container !== undefined && endsFirst(place.container);
    return isAlone ? [] : [...(this.#needs.get(keyOf(place)) ?? [])];
  }
}

const keyOf = ({pod}: Place): string => toPointer(pod.path);
