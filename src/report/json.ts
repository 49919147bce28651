import {versionOf} from '../policy/pod-security-version.ts';
import {type Report, tool} from './report.ts';

/** The report as one JSON object; its fields are only ever added to. */
export function toJson({findings, policy, summary, staleExceptions}: Report): string {
  const report = {
    schemaVersion: 1,
    tool,
    profile: policy.profiles.join(','),
    podSecurityVersion: versionOf(policy.podSecurityMinor),
    summary,
    findings,
    staleExceptions,
  };
  return `${JSON.stringify(report, undefined, 2)}\n`;
}
