import {evidenceText} from '../findings/allowances.ts';
import type {Finding, Source} from '../findings/finding.ts';
import {findRule, rulesOf} from '../rules/index.ts';
import type {Rule} from '../rules/rule.ts';
import {type Severity, severities} from '../severity.ts';
import {grouped} from '../text/grouped.ts';
import {safeMarkdown} from '../text/safe-markdown.ts';
import {safeJson} from '../text/safe-text.ts';
import {filePlaceOf} from './place.ts';
import {referenceLines} from './references.ts';
import {type Report, tool, type Unjudged} from './report.ts';
import {approvalText, placeText} from './text.ts';

/**
 * How many results GitHub accepts of a run. It shows 5,000 of them.
 * https://docs.github.com/en/code-security/code-scanning/troubleshooting-sarif-uploads/results-exceed-limit
 */
const mostResults = 25_000;

/**
 * The report in SARIF 2.1.0, the format of code scanners: OASIS, Static Analysis Results
 * Interchange Format. A fixed finding is informational; an excepted one is suppressed. Files are named as GitHub code
 * scanning needs it: relative, and a template instead of the folder or the address of a chart. Of more findings than it
 * accepts, the most severe are kept, and a notification counts the others.
 */
export function toSarif(report: Report): string {
  const {findings, policy, summary, skipped = [], failed = []} = report;
  const used = rulesOf(policy).filter(({id}) => policy.rules.has(id));
  const kept = mostSevere(findings);
  const notifications = [
    ...[...skipped, ...failed].map(notChecked),
    ...(kept.length === findings.length ? [] : [leftOut(findings.length - kept.length)]),
  ];
  const index = new Map(used.map(({id}, at) => [id, at]));
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: tool.name,
            version: tool.version,
            semanticVersion: tool.version,
            rules: used.map(descriptorOf),
          },
        },
        ...(notifications.length === 0
          ? {}
          : {
              invocations: [
                {executionSuccessful: false, toolExecutionNotifications: notifications},
              ],
            }),
        columnKind: 'utf16CodeUnits',
        results: kept.map(finding => ({
          ...resultOf(finding, index.get(finding.rule) ?? -1, report.workingDirectory),
          ...(summary.known === undefined ? {} : {baselineState: stateOf(finding)}),
        })),
      },
    ],
  };
  return safeJson(log);
}

/** All findings in their order, or the most severe if there are too many. */
function mostSevere(findings: readonly Finding[]): readonly Finding[] {
  if (findings.length <= mostResults) return findings;
  return severities
    .toReversed()
    .flatMap(severity => findings.filter(finding => finding.severity === severity))
    .slice(0, mostResults);
}

const notChecked = ({file, reason}: Unjudged) => ({
  level: 'error',
  message: {text: `not checked: ${reason}`},
  locations: [{physicalLocation: {artifactLocation: {uri: uriOf(file)}}}],
});

const leftOut = (count: number) => ({
  level: 'error',
  message: {
    text: `${grouped(count)} less severe findings are left out: a file has room for ${grouped(mostResults)}`,
  },
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

function descriptorOf({id, title, severity, remedy, rationale, references}: Rule) {
  const lines = referenceLines(references);
  const isOwn = findRule(id) === undefined;
  return {
    id,
    name: nameOf(id),
    shortDescription: {text: title},
    fullDescription: {text: rationale},
    ...(isOwn ? {} : {helpUri: references.podSecurity === undefined ? checklist : standards}),
    help: {
      text: [remedy, rationale, ...lines].join('\n'),
      markdown: [
        `**How to fix it.** ${safeMarkdown(remedy)}`,
        `**Why it matters.** ${safeMarkdown(rationale)}`,
        ...(lines.length === 0 ? [] : [lines.map(line => `- ${safeMarkdown(line)}`).join('\n')]),
        `\`kube-harden explain ${id}\` shows an example, and how to allow it.`,
      ].join('\n\n'),
    },
    defaultConfiguration: {level: levels[severity]},
    properties: {'security-severity': scores[severity], tags: ['security', 'kubernetes']},
  };
}

/** What Kubernetes itself says about the controls that the rules enforce. */
const standards = 'https://kubernetes.io/docs/concepts/security/pod-security-standards/';
const checklist = 'https://kubernetes.io/docs/concepts/security/security-checklist/';

/** `NoHostNetwork`: a name is in Pascal case (3.49.7). */
const nameOf = (id: string): string =>
  id
    .split(/[^\p{L}\p{N}]+/u)
    .map(word => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`)
    .join('');

function resultOf(finding: Finding, ruleIndex: number, root: string | undefined) {
  const {rule, severity, status, disposition, message, resource, container, path, source, reason} =
    finding;
  const {fingerprint} = finding;
  const object = [resource.kind, resource.namespace ?? '', resource.name].join('/');
  const {file, line} = filePlaceOf(source, root);
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
          region: regionOf(source, line),
        },
        logicalLocations: [{fullyQualifiedName: object, kind: 'resource'}],
      },
    ],
    partialFingerprints: {
      'finding/v1': JSON.stringify([object, container ?? '', path]),
      'finding/v2': fingerprint,
      // The only one that GitHub compares, together with the rule and the file.
      primaryLocationLineHash: fingerprint,
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
      ...(finding.values === undefined ? {} : {values: finding.values}),
      ...(container === undefined ? {} : {container}),
      ...(source.template === undefined ? {} : {template: source.template}),
    },
  };
}

/** What was rendered may have no line in its file, and has no column there. */
const regionOf = ({column, fileLine, isRendering}: Source, line: number | undefined) => ({
  startLine: line ?? 1,
  startColumn: fileLine === undefined && isRendering === undefined ? column : 1,
});

/**
 * SARIF messages may contain links, `[text](address)`; brackets that are not links are escaped
 * (3.11.6).
 */
const withoutLinks = (text: string): string =>
  text.includes('](') ? text.replace(/[\\[\]]/g, character => `\\${character}`) : text;

/** A file name as a relative reference. */
const uriOf = (file: string): string =>
  file
    .replace(/^(?:(?:oci|https?):)?\/+/, '')
    .split('/')
    .map(encodeURIComponent)
    .join('/');
