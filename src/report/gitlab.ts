import {type Finding, titleOf} from '../findings/finding.ts';
import type {Severity} from '../severity.ts';
import {safeJson, safeText} from '../text/safe-text.ts';
import {filePlaceOf} from './place.ts';
import type {Report} from './report.ts';
import {renderedLineText, textOf} from './text.ts';

/**
 * The report in GitLab's code quality format: https://docs.gitlab.com/ci/testing/code_quality/.
 * What is fixed or excepted is left out.
 */
export function toGitLab({findings, skipped = [], failed = []}: Report): string {
  const seen = new Map<string, number>();
  const violations = [
    ...[...failed, ...skipped].map(({file, reason}) => unjudgedViolation(file, reason)),
    ...findings.filter(({status}) => status === 'flagged').map(violationOf),
  ];
  return safeJson(
    violations.map(({identity, ...violation}) => {
      const key = JSON.stringify(identity);
      const count = seen.get(key) ?? 0;
      seen.set(key, count + 1);
      // No two violations of a report may have the same.
      return {...violation, fingerprint: count === 0 ? key : `${key} ${count}`};
    }),
  );
}

interface Violation {
  readonly description: string;
  readonly check_name: string;
  readonly severity: (typeof levels)[Severity];
  readonly location: {readonly path: string; readonly lines: {readonly begin: number}};
  /** What stays the same when lines move: GitLab compares the fingerprints of two branches. */
  readonly identity: readonly string[];
}

const levels = {low: 'minor', medium: 'major', high: 'critical', critical: 'blocker'} as const;

function violationOf(finding: Finding): Violation {
  const {rule, severity, source, container = '', path, remedy} = finding;
  const {file, line = 1} = filePlaceOf(source);
  const message = safeText(`${textOf(finding)}${renderedLineText(source)}`);
  return {
    description: `${titleOf(finding)}: ${message}. ${remedy}`,
    check_name: rule,
    severity: levels[severity],
    location: {path: file, lines: {begin: line}},
    identity: [rule, file, titleOf(finding), container, path],
  };
}

const unjudgedViolation = (file: string, reason: string): Violation => ({
  description: `not checked: ${safeText(reason)}`,
  check_name: 'not-checked',
  severity: 'blocker',
  location: {path: file, lines: {begin: 1}},
  identity: ['not-checked', file],
});
