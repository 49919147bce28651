import {isOpen} from '../findings/finding.ts';
import {severities} from '../severity.ts';
import type {Report} from './report.ts';

/** The remedy of each rule with remaining findings, the rules with the worst findings first. */
export function remediesOf({findings}: Pick<Report, 'findings'>): ReadonlyMap<string, string> {
  const open = findings.filter(isOpen);
  const ordered = severities
    .toReversed()
    .flatMap(severity => open.filter(finding => finding.severity === severity));
  return new Map(ordered.map(({rule, remedy}) => [rule, remedy] as const));
}
