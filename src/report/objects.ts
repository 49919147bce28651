import {evidenceText} from '../findings/allowances.ts';
import {type Finding, titleOf} from '../findings/finding.ts';
import {isDnsLabel} from '../kubernetes/names.ts';
import {safeJson, safeText} from '../text/safe-text.ts';
import {type Report, tool} from './report.ts';

/** The API that report objects belong to. */
interface ReportApi {
  readonly apiVersion: string;
  readonly kinds: {readonly namespaced: string; readonly cluster: string};
  /** The severities that its first schema knows; a higher one is the highest of them. */
  readonly severities: readonly string[];
  /** Whether a report has a `source` of its own. */
  readonly hasSource: boolean;
}

const openReports: ReportApi = {
  apiVersion: 'openreports.io/v1alpha1',
  kinds: {namespaced: 'Report', cluster: 'ClusterReport'},
  severities: ['low', 'medium', 'high', 'critical'],
  hasSource: true,
};

const policyReports: ReportApi = {
  apiVersion: 'wgpolicyk8s.io/v1alpha2',
  kinds: {namespaced: 'PolicyReport', cluster: 'ClusterPolicyReport'},
  severities: ['low', 'medium', 'high'],
  hasSource: false,
};

/** The findings as objects of OpenReports, https://openreports.io, one or more for each namespace. */
export const toOpenReports = (report: Report): string => listOf(report, openReports);

/** The same as objects of the older API of the Kubernetes policy working group. */
export const toPolicyReports = (report: Report): string => listOf(report, policyReports);

/**
 * How long an object may be in JSON. The API server refuses more than 3 MiB, etcd by default more than 1.5; the rest is
 * for what the server adds.
 */
const mostBytes = 1_000_000;

/** No schema limits texts. A longer one is of no use to a reader, and could fill a report on its own. */
const longestText = 4000;

function listOf({findings, labels = {}}: Report, api: ReportApi): string {
  // A report without results tells that the audit has run.
  const byNamespace = new Map<string, Finding[]>([['', []]]);
  for (const finding of findings) {
    const namespace = namespaceOf(finding);
    const known = byNamespace.get(namespace);
    if (known === undefined) byNamespace.set(namespace, [finding]);
    else known.push(finding);
  }
  const items = [...byNamespace]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([namespace, group]) => [...reportsOf(namespace, group, labels, api)]);
  return safeJson({apiVersion: 'v1', kind: 'List', items});
}

/** A namespace in which there can be a report; an empty text for an object without one. */
function namespaceOf({resource: {namespace = ''}}: Finding): string {
  return isDnsLabel(namespace) ? namespace : '';
}

function* reportsOf(
  namespace: string,
  findings: readonly Finding[],
  labels: Readonly<Record<string, string>>,
  api: ReportApi,
): Iterable<object> {
  const kind = namespace === '' ? api.kinds.cluster : api.kinds.namespaced;
  for (const [index, results] of [...parts(findings.map(each => resultOf(each, api)))].entries()) {
    const count = (wanted: string) => results.filter(({result}) => result === wanted).length;
    yield {
      apiVersion: api.apiVersion,
      kind,
      metadata: {
        name: index === 0 ? tool.name : `${tool.name}-${index + 1}`,
        ...(namespace === '' ? {} : {namespace}),
        labels: {'app.kubernetes.io/managed-by': tool.name, ...labels},
      },
      ...(api.hasSource ? {source: tool.name} : {}),
      summary: {pass: 0, fail: count('fail'), warn: 0, error: 0, skip: count('skip')},
      results,
    };
  }
}

type Result = ReturnType<typeof resultOf>;

/** `results` in parts that are small enough for an object each. */
function* parts(results: readonly Result[]): Iterable<readonly Result[]> {
  let part: Result[] = [];
  let size = 0;
  for (const result of results) {
    const bytes = Buffer.byteLength(JSON.stringify(result));
    if (size + bytes > mostBytes) {
      yield part;
      part = [];
      size = 0;
    }
    part.push(result);
    size += bytes;
  }
  if (part.length > 0 || results.length === 0) yield part;
}

function resultOf(finding: Finding, {severities}: ReportApi) {
  const {rule, severity, status, disposition, container, path, remedy, source} = finding;
  const {reason, approver, ticket, expires, references, resource, fingerprint} = finding;
  const {apiVersion, kind, namespace, name} = resource;
  const known = severities.includes(severity) ? severity : severities.at(-1);
  const level = references.podSecurity?.level;
  return {
    source: tool.name,
    policy: rule,
    ...(level === undefined ? {} : {category: `Pod Security Standards (${level})`}),
    severity: known,
    result: status === 'flagged' ? 'fail' : 'skip',
    scored: true,
    resources: [{apiVersion, kind, ...(namespace === undefined ? {} : {namespace}), name}],
    message: short(`${titleOf(finding)}: ${finding.message}${evidenceText(finding)}`),
    properties: {
      severity,
      disposition,
      path: short(path),
      fingerprint: short(fingerprint),
      remedy: short(remedy),
      ...(container === undefined ? {} : {container: short(container)}),
      ...(reason === undefined ? {} : {reason: short(reason)}),
      ...(approver === undefined ? {} : {approver: short(approver)}),
      ...(ticket === undefined ? {} : {ticket: short(ticket)}),
      ...(expires === undefined ? {} : {expires}),
      ...(source.manager === undefined ? {} : {manager: short(source.manager)}),
    },
  };
}

function short(text: string): string {
  const safe = safeText(text);
  return safe.length <= longestText ? safe : `${safe.slice(0, longestText)}…`;
}
