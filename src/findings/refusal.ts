import {allowanceText} from '../config/entries.ts';
import type {Policy} from '../policy/policy.ts';
import {allowancesOf} from './allowances.ts';
import {counts, type Finding, isUndecided, titleOf} from './finding.ts';

/** What was found in a stream, and told of it. */
interface Told {
  readonly findings: readonly Finding[];
  readonly notes: readonly Finding[];
}

/**
 * Why `policy` refuses a stream, and what to write into the policy to let it pass, as one line: it
 * is all that Helm shows. Undefined where it does not.
 */
export function refusalOf(told: Told, policy: Policy): string | undefined {
  const refusing = refusingOf(told, policy);
  if (refusing.length === 0) return undefined;
  const reasons = new Set(refusing.map(each => reasonOf(each, policy)));
  const {exceptions, exposed} = allowancesOf(refusing);
  if (exceptions.length + exposed.length === 0) return listed(reasons);
  const entries = allowanceText({exceptions, exposed});
  const isShort = entries.length <= longestEntries;
  const paste = isShort ? `: ${entries}` : '';
  return `${listed(reasons)}. To keep them, add what \`kube-harden decide\` prints to the policy${paste}`;
}

/** What of it refuses the stream: findings at or above the threshold, and what is undecided. */
export const refusingOf = (
  {findings, notes}: Told,
  {blockOn, refusesUndecided}: Policy,
): readonly Finding[] => [
  ...findings.filter(each => counts(each, blockOn) || (refusesUndecided && isUndecided(each))),
  ...notes.filter(each => refusesUndecided && isUndecided(each)),
];

/** What fits in the message that Helm 4 shows, beside the reasons. */
const longestEntries = 1000;
const mostReasons = 12;

function reasonOf(told: Finding, {refusesUndecided}: Policy): string {
  const reason = `${told.rule} in ${titleOf(told)}`;
  if (!refusesUndecided || !isUndecided(told)) return reason;
  return `${reason} ${told.disposition === 'cut' ? 'cuts off its clients' : 'waits for a decision'}`;
}

function listed(reasons: ReadonlySet<string>): string {
  const named = [...reasons].slice(0, mostReasons);
  const more = reasons.size - named.length;
  return `${named.join('; ')}${more === 0 ? '' : `; and ${more} more`}`;
}
