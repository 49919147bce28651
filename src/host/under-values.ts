import {type Finding, isUndecided} from '../findings/finding.ts';
import type {Told} from '../harden.ts';
import {staleInAll} from '../policy/exceptions.ts';

/** What is told of a chart under a set of values. */
export interface ToldUnder {
  readonly values: string;
  readonly told: Told;
}

const mostNamed = 5;

/**
 * What is told of a chart under several sets of values, as one: each finding once, with the sets under which it appears.
 * Its place is that under the first of them. Documents and objects of every rendering count.
 */
export function unitedTold(all: readonly ToldUnder[]): Told {
  const findings = unitedFindings(all, ({findings}) => findings);
  const notes = unitedFindings(all, ({notes}) => notes);
  const total = (key: 'documents' | 'resources') =>
    all.reduce((sum, {told}) => sum + told.summary[key], 0);
  const count = (status: Finding['status']) =>
    findings.filter(finding => finding.status === status).length;
  return {
    findings,
    notes,
    summary: {
      documents: total('documents'),
      resources: total('resources'),
      findings: findings.length,
      fixed: count('fixed'),
      remaining: count('flagged'),
      excepted: count('excepted'),
      undecided: [...findings, ...notes].filter(isUndecided).length,
    },
    staleExceptions: staleInAll(all.map(({told}) => told.staleExceptions)),
  };
}

function unitedFindings(
  all: readonly ToldUnder[],
  listOf: (told: Told) => readonly Finding[],
): readonly Finding[] {
  const united = new Map<string, {readonly finding: Finding; readonly values: string[]}>();
  for (const {values, told} of all) {
    for (const finding of listOf(told)) {
      const {fingerprint, status, severity} = finding;
      const key = JSON.stringify([fingerprint, status, severity]);
      const known = united.get(key);
      if (known === undefined) united.set(key, {finding, values: [values]});
      else known.values.push(values);
    }
  }
  return [...united.values()].map(({finding, values}) => ({
    ...finding,
    message:
      values.length === all.length ? finding.message : `${finding.message} (${named(values)})`,
    underValues: values,
  }));
}

function named(values: readonly string[]): string {
  const more = values.length > mostNamed ? ` and ${values.length - mostNamed} more` : '';
  return `with the values ${values.slice(0, mostNamed).join(', ')}${more}`;
}
