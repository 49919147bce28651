import type {Mode, Policy} from '../policy/policy.ts';
import {matches} from '../policy/selector.ts';
import {rules} from '../rules/index.ts';
import {modeIn, profiles} from './profiles.ts';

/** The rules of one run, as ids or patterns. */
export interface RunRules {
  /** Only these; undefined for all of the policy. */
  readonly only: readonly string[] | undefined;
  readonly skipped: readonly string[];
}

/** Whether one of `patterns` is the rule `id`, or matches it. */
export const names = (patterns: readonly string[], id: string): boolean =>
  patterns.some(pattern => matches(pattern, id));

/**
 * The modes that restrict `policy` to the rules of a run: all others are off. A rule that is named although the policy
 * turns it off is on, as in the profile `strict`.
 */
export const modesOfRun = (
  {only, skipped}: RunRules,
  policy: Policy,
): Readonly<Record<string, Mode>> =>
  Object.fromEntries(
    rules.flatMap((rule): (readonly [string, Mode])[] => {
      const {id} = rule;
      if (names(skipped, id)) return [[id, 'off']];
      if (only === undefined) return [];
      if (!names(only, id)) return [[id, 'off']];
      const {strict} = profiles;
      return policy.rules.has(id) || strict === undefined ? [] : [[id, modeIn(strict, rule)]];
    }),
  );
