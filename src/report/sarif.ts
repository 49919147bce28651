import {evidenceText} from '../findings/allowances.ts';
import type {Finding} from '../findings/finding.ts';
import {rulesOf} from '../rules/index.ts';
import type {Rule} from '../rules/rule.ts';
import type {Severity} from '../severity.ts';
import {safeJson} from '../text/safe-text.ts';
import {filePlaceOf} from './place.ts';
import {referenceLines} from './references.ts';
import {type Report, tool} from './report.ts';
import {approvalText, placeText} from './text.ts';

/**
 * The report in SARIF 2.1.0, the format of code scanners: OASIS, Static Analysis Results
 * Interchange Format. A fixed finding is informational; an excepted one is suppressed.
 */
export function toSarif(report: Report): string {
  const {findings, policy, summary, skipped = [], failed = []} = report;
  const used = rulesOf(policy).filter(({id}) => policy.rules.has(id));
  const unjudged = [...skipped, ...failed];
  const index = new Map(used.map(({id}, at) => [id, at]));
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {name: tool.name, semanticVersion: tool.version, rules: used.map(descriptorOf)},
        },
        ...(unjudged.length === 0 ? {} : {invocations: [invocationOf(unjudged)]}),
        columnKind: 'utf16CodeUnits',
        results: findings.map(finding => ({
          ...resultOf(finding, index.get(finding.rule) ?? -1),
          ...(summary.known === undefined ? {} : {baselineState: stateOf(finding)}),
        })),
      },
    ],
  };
  return safeJson(log);
}

/** The notification that an audit did not check everything. */
const invocationOf = (unjudged: NonNullable<Report['skipped']>) => ({
  executionSuccessful: false,
  toolExecutionNotifications: unjudged.map(({file, reason}) => ({
    level: 'error',
    message: {text: `not checked: ${reason}`},
    locations: [{physicalLocation: {artifactLocation: {uri: uriOf(file)}}}],
  })),
});

/** Compared with the baseline of the audit. */
const stateOf = ({known}: Finding): 'new' | 'unchanged' => (known === true ? 'unchanged' : 'new');

const levels = {low: 'note', medium: 'warning', high: 'error', critical: 'error'} as const;

/** GitHub's scale: over 9.0 is critical, 7.0 high, 4.0 medium. */
const scores: Readonly<Record<Severity, string>> = {
  low: '2.0',
  medium: '5.0',
  high: '8.0',
  critical: '9.5',
};

const descriptorOf = ({id, title, severity, remedy, rationale, references}: Rule) => ({
  id,
  shortDescription: {text: title},
  fullDescription: {text: rationale},
  help: {text: [remedy, rationale, ...referenceLines(references)].join('\n')},
  defaultConfiguration: {level: levels[severity]},
  properties: {'security-severity': scores[severity], tags: ['security', 'kubernetes']},
});

function resultOf(finding: Finding, ruleIndex: number) {
  const {rule, severity, status, disposition, message, resource, container, path, source, reason} =
    finding;
  const {fingerprint} = finding;
  const object = [resource.kind, resource.namespace ?? '', resource.name].join('/');
  const {file, line} = filePlaceOf(source);
  return {
    ruleId: rule,
    ruleIndex,
    ...(status === 'fixed'
      ? {kind: 'informational', level: 'none'}
      : {kind: 'fail', level: levels[severity]}),
    message: {text: withoutLinks(`${message}${evidenceText(finding)}${placeText(finding)}`)},
    locations: [
      {
        physicalLocation: {
          artifactLocation: {uri: uriOf(file)},
          region: line === undefined ? start : {startLine: line, startColumn: source.column},
        },
        logicalLocations: [{fullyQualifiedName: object, kind: 'resource'}],
      },
    ],
    partialFingerprints: {
      'finding/v1': JSON.stringify([object, container ?? '', path]),
      'finding/v2': fingerprint,
    },
    ...(status === 'excepted'
      ? {
          suppressions: [
            {
              kind: 'external',
              status: 'accepted',
              justification: reason === undefined ? '' : approvalText({...finding, reason}),
            },
          ],
        }
      : {}),
    properties: {
      status,
      disposition,
      severity,
      path,
      ...(container === undefined ? {} : {container}),
      ...(source.template === undefined ? {} : {template: source.template}),
    },
  };
}

/** What was rendered has no line in its file. */
const start = {startLine: 1, startColumn: 1};

/**
 * SARIF messages may contain links, `[text](address)`; brackets that are not links are escaped
 * (3.11.6).
 */
const withoutLinks = (text: string): string =>
  text.includes('](') ? text.replace(/[\\[\]]/g, character => `\\${character}`) : text;

/** A file name as a relative reference; the URL of a chart already is one. */
const uriOf = (file: string): string =>
  /^(?:oci|https?):\/\//.test(file)
    ? encodeURI(file)
    : file.split('/').map(encodeURIComponent).join('/');
