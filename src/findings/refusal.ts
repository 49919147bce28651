import type {Policy} from '../policy/policy.ts';
import {counts, type Finding, titleOf} from './finding.ts';

/** Why `policy` refuses a stream with these findings, as one sentence; undefined where it does not. */
export function refusalOf(
  findings: readonly Finding[],
  {blockOn, refusesUndecided}: Policy,
): string | undefined {
  const isUndecided = ({waits}: Finding) => refusesUndecided && waits === true;
  const reasons = findings
    .filter(finding => isUndecided(finding) || counts(finding, blockOn))
    .map(finding => {
      const reason = `${finding.rule} in ${titleOf(finding)}`;
      return isUndecided(finding) ? `${reason} waits for a decision` : reason;
    });
  return reasons.length === 0 ? undefined : [...new Set(reasons)].join('; ');
}
