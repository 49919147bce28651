import {type Finding, isOpen, titleOf} from '../findings/finding.ts';
import type {Severity} from '../severity.ts';
import {safeJson, safeText} from '../text/safe-text.ts';
import {filePlaceOf} from './place.ts';
import type {Report, Unjudged} from './report.ts';
import {placeText, textOf} from './text.ts';

/**
 * The report in GitLab's code quality format: https://docs.gitlab.com/ci/testing/code_quality/.
 * What is fixed, excepted or known is left out.
 */
export const toGitLab = ({findings, skipped = [], failed = [], workingDirectory}: Report): string =>
  safeJson([
    ...[...failed, ...skipped].map(unjudgedViolation),
    ...findings.filter(isOpen).map(finding => violationOf(finding, workingDirectory)),
  ]);

interface Violation {
  readonly description: string;
  readonly check_name: string;
  readonly severity: (typeof levels)[Severity];
  readonly location: {readonly path: string; readonly lines: {readonly begin: number}};
  /** GitLab compares those of two branches. */
  readonly fingerprint: string;
}

const levels = {low: 'minor', medium: 'major', high: 'critical', critical: 'blocker'} as const;

function violationOf(finding: Finding, root: string | undefined): Violation {
  const {rule, severity, source, remedy, fingerprint} = finding;
  const {file, line = 1} = filePlaceOf(source, root);
  const message = safeText(`${textOf(finding)}${placeText(finding)}`);
  return {
    description: `${titleOf(finding)}: ${message}. ${remedy}`,
    check_name: rule,
    severity: levels[severity],
    location: {path: file, lines: {begin: line}},
    fingerprint,
  };
}

const unjudgedViolation = ({file, reason}: Unjudged): Violation => ({
  description: `not checked: ${safeText(reason)}`,
  check_name: 'not-checked',
  severity: 'blocker',
  location: {path: file, lines: {begin: 1}},
  fingerprint: `not-checked ${file}`,
});
