import type {Evidence, Place} from '../evidence/evidence.ts';
import {toPointer} from '../json.ts';
import {endsFirst} from '../kubernetes/pod-spec.ts';
import {effectOf, type Rule, type Violation} from '../rules/rule.ts';
import type {Verdict} from './verdict.ts';

/**
 * What shows that the pods of one object need what they ask for, whichever rule it speaks against.
 *
 * A pod that needs one privilege is of no use with half of them: an agent that keeps the network of
 * its node but loses the capabilities to set it up. So one witness speaks for all that a rewrite
 * would take from its pod. Only an init container, which has ended before the others start, is
 * judged by itself, and by what the pod as a whole shows: `Evidence` gives it that already.
 */
export class PodNeeds {
  readonly #evidence: Evidence;
  /** Sentences by pod. */
  readonly #needs = new Map<string, Set<string>>();

  /** `found` are the verdicts on the object as it was read, for what of itself speaks for a setting. */
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

  /** Whether nothing speaks for any of the pods. */
  get isEmpty(): boolean {
    return this.#needs.size === 0;
  }

  /** What speaks against taking what `violation` is about, where its rewrite takes anything. */
  against(rule: Rule, violation: Violation): readonly string[] {
    if (this.isEmpty || effectOf(rule, violation) !== 'takes') return [];
    const place = this.#evidence.placeOf(violation.path);
    if (place === undefined) return [];
    const isAlone = place.container !== undefined && endsFirst(place.container);
    return isAlone ? [] : [...(this.#needs.get(keyOf(place)) ?? [])];
  }
}

const keyOf = ({pod}: Place): string => toPointer(pod.path);
