import {mayExpose, namesRule} from '../policy/exceptions.ts';
import type {Exception, Policy} from '../policy/policy.ts';
import {useKeys} from '../policy/uses.ts';
import {rules, rulesOf} from '../rules/index.ts';

/** An exception of a policy, or an entry under `exposed`. */
export interface Allowance extends Exception {
  readonly origin: 'exception' | 'exposure';
  /** The CEL variable for whether it applies to an object, numbered as in the policy. */
  readonly variable: string;
}

export function allowancesOf(policy: Policy): readonly Allowance[] {
  const {exceptions, exposed} = policy;
  return [
    ...exceptions.map((exception, index) => ({
      ...exception,
      rules: rulesOf(policy)
        .filter(({id}) => namesRule(exception.rules, id))
        .map(({id}) => id),
      origin: 'exception' as const,
      variable: `exception${index + 1}`,
    })),
    ...exposed.map((exposure, index) => ({
      ...exposure,
      rules: rules.filter(rule => mayExpose(rule, exposure)).map(({id}) => id),
      origin: 'exposure' as const,
      variable: `exposure${index + 1}`,
    })),
  ];
}

/** `today` (YYYY-MM-DD in UTC) is compared with the expiry date. */
export const isLive = ({expires}: Allowance, today: string): boolean =>
  expires === undefined || expires >= today;

/** The keys of a `match` that no admission policy can look at one by one. */
export const unseenKeys = ({match}: Allowance): readonly string[] =>
  useKeys.filter(key => match[key] !== undefined);

/** Names of kinds, namespaces, objects and containers are ASCII: nothing else can match. */
export const mayMatch = ({match}: Allowance): boolean =>
  [match, match.labels ?? {}]
    .flatMap(part => Object.values(part))
    .every(pattern => typeof pattern !== 'string' || /^[\x20-\x7e]*$/.test(pattern));
