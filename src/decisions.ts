import {allowanceOf, allowancesOf, isDeclarable} from './findings/allowances.ts';
import {type Finding, isUndecided} from './findings/finding.ts';
import {examineStream} from './harden.ts';
import {type StaleException, staleInAll} from './policy/exceptions.ts';
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
  let stale: readonly StaleException[] = [];
  // An allowed finding may lead to new ones: a declared Service opens a policy, which gets a note.
  for (let round = 0; round < mostRounds; round++) {
    ({open, stale} = openIn(streams, allowing(policy, allowancesOf(allowed)), today));
    const more = open.filter(isAllowable);
    if (more.length === 0) break;
    allowed.push(...more);
  }
  const left = open.filter(finding => !isAllowable(finding));
  const needed = withoutStale(allowed, stale);
  return {allowances: allowancesOf(needed), allowed: needed, left};
}

/** Without what another entry allows as well: what a NetworkPolicy admits is meant once its Service is declared. */
function withoutStale(
  allowed: readonly Finding[],
  stale: readonly StaleException[],
): readonly Finding[] {
  const matches = new Set(
    stale
      .filter(({why}) => why === 'matches nothing')
      .map(({exception}) => 'match' in exception && JSON.stringify(exception.match)),
  );
  return allowed.filter(finding => {
    const {exposed} = allowanceOf(finding);
    return exposed === undefined || !matches.has(JSON.stringify(exposed.match));
  });
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

function openIn(streams: readonly ObjectStream[], policy: Policy, today: string) {
  const told = streams.map(stream => examineStream(stream, policy, today));
  const open = told.flatMap(({findings, notes}) => [
    ...findings.filter(({status}) => status === 'flagged'),
    ...notes.filter(each => isUndecided(each) || isDeclarable(each)),
  ]);
  return {open, stale: staleInAll(told.map(({staleExceptions}) => staleExceptions))};
}

function isAllowable(finding: Finding): boolean {
  const {exceptions, exposed, connections} = allowancesOf([finding]);
  return exceptions.length + exposed.length + connections.length > 0;
}
