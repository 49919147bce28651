import {
  array,
  boolean,
  type GenericSchema,
  integer,
  is,
  literal,
  looseObject,
  minValue,
  number,
  object,
  optional,
  picklist,
  pipe,
  record,
  string,
  unknown,
} from 'valibot';
import {settlingCommands} from '../rules/rule.ts';
import {severities} from '../severity.ts';
import type {UnitAudit} from './unit-audit.ts';

/*
 * The parts of a report that something reads again, as docs/report.schema.json has them. Fields that nothing reads pass
 * unseen: they are only written again.
 */

const count = pipe(number(), integer(), minValue(0));
const texts = array(string());
const entry = looseObject({match: record(string(), unknown())});

const source = looseObject({
  file: string(),
  document: count,
  line: count,
  column: count,
  template: optional(string()),
  templateLine: optional(count),
  fileLine: optional(count),
  manager: optional(string()),
});

const resource = looseObject({
  apiVersion: string(),
  kind: string(),
  namespace: optional(string()),
  name: string(),
});

const noteFields = {
  rule: string(),
  message: string(),
  resource,
  path: string(),
  source,
  evidence: optional(texts),
  exposed: optional(entry),
};

const references = looseObject({
  podSecurity: optional(
    looseObject({level: string(), control: string(), since: optional(string())}),
  ),
  cis: optional(texts),
  kubescape: optional(texts),
  nsa: optional(string()),
  nist: optional(texts),
  pci: optional(texts),
  other: optional(texts),
  mitre: optional(texts),
});

const finding = looseObject({
  ...noteFields,
  fingerprint: string(),
  severity: picklist(severities),
  status: picklist(['flagged', 'fixed', 'excepted']),
  disposition: picklist(['fixed', 'would-fix', 'waits', 'flag-only', 'excepted', 'cut']),
  container: optional(string()),
  known: optional(literal(true)),
  waits: optional(literal(true)),
  doubt: optional(string()),
  settledBy: optional(picklist(settlingCommands)),
  reason: optional(string()),
  approver: optional(string()),
  ticket: optional(string()),
  expires: optional(string()),
  exception: optional(looseObject({rules: texts, match: record(string(), unknown())})),
  remedy: string(),
  references,
});

const note = looseObject({...noteFields, disposition: optional(string())});

const summary = object({
  documents: count,
  resources: count,
  findings: count,
  fixed: count,
  remaining: count,
  excepted: count,
  undecided: count,
  known: optional(count),
});

const stale = object({
  exception: record(string(), unknown()),
  why: picklist(['expired', 'matches nothing']),
  lacksNamespace: optional(literal(true)),
});

const unjudged = array(object({file: string(), reason: string()}));

const told = object({
  findings: array(finding),
  notes: array(note),
  summary,
  staleExceptions: array(stale),
});

const unitAudit = object({
  told: array(told),
  judged: texts,
  skipped: unjudged,
  failed: array(looseObject({message: string()})),
  said: string(),
});

const cached = object({key: string(), audit: unitAudit});

/** The audit in an entry of the cache; undefined if it is none, or that of another key. */
export function unitAuditIn(value: unknown, key: string): UnitAudit | undefined {
  if (!is(cached, value) || value.key !== key) return undefined;
  return value.audit as unknown as UnitAudit;
}

const control = looseObject({
  rules: array(looseObject({id: string(), is: picklist(['judged', 'off', 'no-objects'])})),
});

/** The JSON report of an audit, as `readReports` takes it. */
export const reportSchema = looseObject({
  schemaVersion: literal(1),
  tool: object({name: literal('kube-harden'), version: string()}),
  profile: string(),
  podSecurityVersion: string(),
  refused: boolean(),
  ...told.entries,
  skipped: unjudged,
  failed: unjudged,
  ignoredPolicies: optional(unjudged),
  frameworks: optional(array(looseObject({framework: string(), controls: array(control)}))),
  shard: optional(
    object({
      index: pipe(count, minValue(1)),
      of: pipe(count, minValue(1)),
      call: string(),
      policy: string(),
      digest: string(),
    }),
  ),
}) satisfies GenericSchema;
