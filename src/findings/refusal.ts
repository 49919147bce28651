import {allowanceText, entryTitle} from '../config/entries.ts';
import type {StaleException} from '../policy/exceptions.ts';
import type {Policy} from '../policy/policy.ts';
import {reaches} from '../severity.ts';
import {allowancesOf, lockSentences} from './allowances.ts';
import {counts, type Finding, isUndecided, titleOf} from './finding.ts';

/** The findings and notes of a stream. */
interface Told {
  readonly findings: readonly Finding[];
  readonly notes: readonly Finding[];
  readonly staleExceptions: readonly StaleException[];
}

/**
 * Why `policy` refuses a stream, and what to add to the policy to let it pass, on one line, because
 * Helm shows no more. Undefined if it does not refuse.
 */
export function refusalOf(told: Told, policy: Policy): string | undefined {
  const refusing = refusingOf(told, policy);
  const stale = policy.strict ? told.staleExceptions : [];
  if (refusing.length + stale.length === 0) return undefined;
  const reasons = new Set([
    ...refusing.map(each => reasonOf(each, policy)),
    ...stale.map(({exception, why}) => `${entryTitle(exception)} in the policy ${staleness[why]}`),
  ]);
  const locked = lockSentences(refusing).map(sentence => `. ${sentence}`);
  const why = `${listed(reasons)}${locked.join('')}`;
  const {exceptions, exposed} = allowancesOf(refusing);
  if (exceptions.length + exposed.length === 0) return why;
  const entries = allowanceText({exceptions, exposed, connections: []});
  const isShort = entries.length <= longestEntries;
  const paste = isShort ? `, or add to the policy: ${entries}` : '';
  const kept = locked.length === 0 ? 'them' : 'the others';
  return `${why}. To keep ${kept}, run \`kube-harden decide\`${paste}`;
}

/**
 * What refuses the stream: findings at or above the threshold, and undecided ones; also what would be such a finding in a
 * namespace of which nobody says whether it is that of the release.
 */
export const refusingOf = (
  {findings, notes}: Pick<Told, 'findings' | 'notes'>,
  {blockOn, refusesUndecided}: Policy,
): readonly Finding[] => [
  ...findings.filter(each => counts(each, blockOn) || (refusesUndecided && isUndecided(each))),
  ...notes.filter(
    each =>
      (refusesUndecided && isUndecided(each)) ||
      (each.lacksNamespace === true && reaches(each.severity, blockOn)),
  ),
];

const staleness = {expired: 'has expired', 'matches nothing': 'matches nothing'} as const;

/** What fits into Helm 4's message in addition to the reasons. */
const longestEntries = 1000;
const mostReasons = 12;

function reasonOf(told: Finding, {refusesUndecided}: Policy): string {
  const reason = `${told.rule} in ${titleOf(told)}`;
  if (told.lacksNamespace) return `${reason} depends on the namespace, which --namespace must name`;
  if (!refusesUndecided || !isUndecided(told)) return reason;
  if (told.disposition !== 'cut') return `${reason} waits for a decision`;
  return `${told.rule} cuts off the external clients of ${titleOf(told)}`;
}

function listed(reasons: ReadonlySet<string>): string {
  const named = [...reasons].slice(0, mostReasons);
  const more = reasons.size - named.length;
  return `${named.join('; ')}${more === 0 ? '' : `; and ${more} more`}`;
}
