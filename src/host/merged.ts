import {numberedAnew} from '../findings/fingerprints.ts';
import type {Told} from '../harden.ts';
import {staleInAll} from '../policy/exceptions.ts';

/** What is told of all parts of an audit, in order. An entry of the policy is stale if it is of no use in any of them. */
export function mergedTold(results: readonly Told[]): Told {
  const total = (key: Exclude<keyof Told['summary'], 'known'>) =>
    results.reduce((sum, {summary}) => sum + summary[key], 0);
  const known = results.flatMap(({summary}) => summary.known ?? []);
  return {
    findings: numberedAnew(results.flatMap(({findings}) => findings)),
    notes: results.flatMap(({notes}) => notes),
    summary: {
      documents: total('documents'),
      resources: total('resources'),
      findings: total('findings'),
      fixed: total('fixed'),
      remaining: total('remaining'),
      excepted: total('excepted'),
      undecided: total('undecided'),
      ...(known.length === 0 ? {} : {known: known.reduce((sum, count) => sum + count, 0)}),
    },
    staleExceptions: staleInAll(results.map(({staleExceptions}) => staleExceptions)),
  };
}
