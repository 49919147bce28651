import {namesRule} from '../policy/exceptions.ts';
import type {Mode, Policy} from '../policy/policy.ts';
import {rulesOf} from '../rules/index.ts';
import {modeIn, profiles} from './profiles.ts';

/** The rules of one run, as ids or patterns. */
export interface RunRules {
  /** Only these; undefined for all of the policy. */
  readonly only: readonly string[] | undefined;
  readonly skipped: readonly string[];
}

/**
 * The modes that restrict `policy` to the rules of a run: all others are off. A rule that is named although the policy
 * turns it off is on, as in the profile `strict`.
 */
export const modesOfRun = (
  {only, skipped}: RunRules,
  policy: Policy,
): Readonly<Record<string, Mode>> =>
  Object.fromEntries(
    rulesOf(policy).flatMap((rule): (readonly [string, Mode])[] => {
      const {id} = rule;
      if (namesRule(skipped, id)) return [[id, 'off']];
      if (only === undefined) return [];
      if (!namesRule(only, id)) return [[id, 'off']];
      const {strict} = profiles;
      if (policy.rules.has(id) || strict === undefined) return [];
      return [[id, rule.id.includes('/') ? 'flag' : modeIn(strict, rule)]];
    }),
  );
