import {written} from '../config/entries.ts';
import {type Finding, isUndecided} from '../findings/finding.ts';
import {versionOf} from '../policy/pod-security-version.ts';
import {safeJson} from '../text/safe-text.ts';
import {frameworkJson} from './frameworks.ts';
import {type Report, tool} from './report.ts';

function noteOf(note: Finding) {
  const {rule, message, resource, path, source, evidence, exposed, locked, connections} = note;
  const told = {
    rule,
    message,
    resource,
    path,
    source,
    ...(connections === undefined ? {} : {connections: connections.map(written)}),
  };
  return isUndecided(note)
    ? {...told, disposition: note.disposition, evidence, exposed, locked}
    : told;
}

/** The report as one JSON object. Fields may be added, never removed. */
export function toJson(report: Report): string {
  const {findings, notes, policy, summary, staleExceptions, refusal} = report;
  const {skipped, failed, ignoredPolicies, frameworks, shard} = report;
  const result = {
    schemaVersion: 1,
    tool,
    profile: policy.profiles.join(','),
    podSecurityVersion: versionOf(policy.podSecurityMinor),
    refused: refusal !== undefined,
    summary,
    findings,
    notes: notes.map(noteOf),
    staleExceptions,
    ...(skipped === undefined ? {} : {skipped}),
    ...(failed === undefined ? {} : {failed}),
    ...(ignoredPolicies === undefined ? {} : {ignoredPolicies}),
    ...(frameworks === undefined ? {} : {frameworks: frameworks.map(frameworkJson)}),
    ...(shard === undefined ? {} : {shard}),
  };
  return safeJson(result);
}
