import {allowancesOf, isDeclarable} from './findings/allowances.ts';
import {type Finding, isUndecided} from './findings/finding.ts';
import {examineStream} from './harden.ts';
import type {Allowances, Policy} from './policy/policy.ts';
import type {ObjectStream} from './stream/manifest-stream.ts';

export interface Decisions {
  /** The policy entries with which nothing in the streams is left to decide. */
  readonly allowances: Allowances;
  /** What they allow. */
  readonly allowed: readonly Finding[];
  /** What no entry can allow, because no name matches only its object. */
  readonly left: readonly Finding[];
}

/**
 * What `policy` leaves undecided in `streams`: rewrites that wait, clients that are cut off, and
 * what is only flagged, with the entries that allow it.
 *
 * `today` (YYYY-MM-DD in UTC) is compared with the expiry dates of exceptions.
 */
export function decisionsOn(
  streams: readonly ObjectStream[],
  policy: Policy,
  today: string,
): Decisions {
  const allowed: Finding[] = [];
  let open: readonly Finding[] = [];
  // An allowed finding may lead to new ones: a declared Service opens a policy, which gets a note.
  for (let round = 0; round < mostRounds; round++) {
    open = openIn(streams, allowing(policy, allowancesOf(allowed)), today);
    const more = open.filter(isAllowable);
    if (more.length === 0) break;
    allowed.push(...more);
  }
  const left = open.filter(finding => !isAllowable(finding));
  return {allowances: allowancesOf(allowed), allowed, left};
}

const mostRounds = 5;

const allowing = (policy: Policy, {exceptions, exposed, connections}: Allowances): Policy => ({
  ...policy,
  exceptions: [...policy.exceptions, ...exceptions],
  exposed: [...policy.exposed, ...exposed],
  networkPolicy: {
    ...policy.networkPolicy,
    connections: [...policy.networkPolicy.connections, ...connections],
  },
});

const openIn = (
  streams: readonly ObjectStream[],
  policy: Policy,
  today: string,
): readonly Finding[] =>
  streams.flatMap(stream => {
    const {findings, notes} = examineStream(stream, policy, today);
    return [
      ...findings.filter(({status}) => status === 'flagged'),
      ...notes.filter(each => isUndecided(each) || isDeclarable(each)),
    ];
  });

function isAllowable(finding: Finding): boolean {
  const {exceptions, exposed, connections} = allowancesOf([finding]);
  return exceptions.length + exposed.length + connections.length > 0;
}
