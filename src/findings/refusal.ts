import {allowanceText, entryTitle} from '../config/entries.ts';
import {namesRule, type StaleException, stalenessOf} from '../policy/exceptions.ts';
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
    ...stale.map(sentenceOf),
  ]);
  const locked = lockSentences(refusing).map(sentence => `. ${sentence}`);
  const unplaced = policy.strict ? [] : unplacedFor(refusing, told.staleExceptions);
  const hint = unplaced.length === 0 ? '' : `. ${listed(new Set(unplaced.map(sentenceOf)))}`;
  const why = `${listed(reasons)}${locked.join('')}${hint}`;
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

const sentenceOf = (stale: StaleException): string =>
  `${entryTitle(stale.exception)} in the policy ${stale.why === 'expired' ? 'has expired' : stalenessOf(stale)}`;

/** The entries that would allow some of `refusing`, if the call named the namespace of the release. */
const unplacedFor = (
  refusing: readonly Finding[],
  stale: readonly StaleException[],
): readonly StaleException[] =>
  stale.filter(
    ({exception, lacksNamespace}) =>
      lacksNamespace === true &&
      (!('rules' in exception) || refusing.some(({rule}) => namesRule(exception.rules, rule))),
  );

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
