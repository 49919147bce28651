import {type Finding, titleOf} from '../../findings/finding.ts';
import {severities} from '../../severity.ts';
import {outcomeOf} from '../outcome.ts';

/** Findings, of which there is at least one. */
export type Findings = readonly [Finding, ...Finding[]];

/**
 * The findings of each object, in order. An object with the same name in another file is a
 * different one.
 */
export const byObject = (findings: readonly Finding[]): readonly Findings[] =>
  grouped(findings, finding => {
    const {file, document} = finding.source;
    return JSON.stringify([file, document, titleOf(finding)]);
  });

/** The findings of each rule that have the same severity and outcome, the worst first. */
export const byRule = (findings: readonly Finding[]): readonly Findings[] =>
  grouped(findings, finding =>
    JSON.stringify([finding.rule, finding.severity, outcomeOf(finding)]),
  ).toSorted(([one], [other]) => rankOf(one) - rankOf(other));

/** The objects with the worst findings first, those with more of them before those with fewer. */
export function worstFirst(objects: readonly Findings[]): readonly Findings[] {
  return objects
    .map(findings => ({findings, rank: countsOf(findings)}))
    .toSorted((one, other) => compare(one.rank, other.rank))
    .map(({findings}) => findings);
}

/** How many findings there are of each rank, the worst first. */
function countsOf(findings: Findings): readonly number[] {
  const counts = Array.from({length: severities.length * outcomes.length}, () => 0);
  for (const finding of findings) {
    const rank = rankOf(finding);
    counts[rank] = (counts[rank] ?? 0) + 1;
  }
  return counts;
}

function compare(one: readonly number[], other: readonly number[]): number {
  const at = one.findIndex((count, index) => count !== other[index]);
  return at === -1 ? 0 : (other[at] ?? 0) - (one[at] ?? 0);
}

/** What needs a person comes first; what needs nothing comes last, however severe. */
const outcomes = ['flagged', 'waits', 'would-fix', 'fixed', 'known', 'excepted'];
const settled = ['fixed', 'known', 'excepted'];

function rankOf(finding: Finding): number {
  const outcome = outcomeOf(finding);
  const severity = severities.length - 1 - severities.indexOf(finding.severity);
  const at = Math.max(0, outcomes.indexOf(outcome));
  const open = outcomes.length - settled.length;
  return settled.includes(outcome)
    ? severities.length * open + severity * settled.length + (at - open)
    : severity * open + at;
}

function grouped(
  findings: readonly Finding[],
  keyOf: (finding: Finding) => string,
): readonly Findings[] {
  const groups = new Map<string, [Finding, ...Finding[]]>();
  for (const finding of findings) {
    const key = keyOf(finding);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [finding]);
    else group.push(finding);
  }
  return [...groups.values()];
}
