import {allowanceLines, entryTitle} from '../config/entries.ts';
import {allowancesOf, evidenceText, lockSentences} from '../findings/allowances.ts';
import {type Finding, isOpen, isUndecided, type Source, titleOf} from '../findings/finding.ts';
import {refusingOf} from '../findings/refusal.ts';
import type {Allowances, Approval} from '../policy/policy.ts';
import {safeText} from '../text/safe-text.ts';
import {frameworkLines} from './frameworks.ts';
import {remediesOf} from './remedies.ts';
import {counted, type Report, severityCounts} from './report.ts';

/** A table for people: the findings of each object with their places, and a total line. */
export function toText(report: Report): string {
  if (report.frameworks !== undefined) {
    const closing = [...skippedLines(report), totalLine(report), ''];
    return [...frameworkLines(report.frameworks), ...closing].join('\n');
  }
  const lines: string[] = [];
  for (const findings of byResource(report.findings)) {
    const [first] = findings;
    lines.push(`${titleOf(first)}  (${safeText(originOf(first))})`);
    const width = findings.reduce((most, {rule}) => Math.max(most, rule.length), 0);
    for (const finding of findings) {
      const {severity, rule, source} = finding;
      const place = `${shownLine(source)}:${source.column}`;
      const columns = [
        ...(source.isLive === undefined ? [place.padEnd(8)] : []),
        outcomeOf(finding).padEnd(9),
        severity.padEnd(8),
        rule.padEnd(width),
      ];
      const at = source.isLive === undefined ? '' : placeText(finding);
      lines.push(`  ${columns.join('  ')}  ${safeText(textOf(finding) + at)}`);
    }
    lines.push('');
  }
  return [
    ...lines,
    ...remedyLines(report),
    ...closingLines(report),
    ...refusalLine(report),
    '',
  ].join('\n');
}

/** The outcome of a finding in one word. */
export function outcomeOf({disposition, known}: Finding): string {
  if (known === true) return 'known';
  return disposition === 'flag-only' ? 'flagged' : disposition;
}

/**
 * For each object, which rules were fixed, which wait, and which are only flagged; then the total
 * line.
 */
export function toSummary(report: Report): string {
  const lines = byResource(report.findings).map(findings => {
    const parts = ['fixed', 'waits', 'flagged', 'excepted'].map(outcome => {
      const rules = findings.filter(each => outcomeOf(each) === outcome).map(({rule}) => rule);
      return rules.length === 0 ? '' : `${outcome} ${[...new Set(rules)].join(', ')}`;
    });
    return `${titleOf(findings[0])}: ${parts.filter(part => part !== '').join('; ')}`;
  });
  return [...lines, ...closingLines(report), ''].join('\n');
}

/** The remedy of each rule with remaining findings, once. */
function remedyLines(report: Report): readonly string[] {
  const remedies = remediesOf(report);
  if (remedies.size === 0) return [];
  const width = Math.max(...[...remedies.keys()].map(({length}) => length));
  const lines = [...remedies].map(([rule, remedy]) => `  ${rule.padEnd(width)}  ${remedy}`);
  return ['How to fix the manifests:', ...lines, ''];
}

/** What follows the findings, in tables, summaries and CI logs. */
export const closingLines = (report: Report): readonly string[] => [
  ...noteLines(report),
  ...staleLines(report),
  ...skippedLines(report),
  ...decisionLines(report),
  totalLine(report),
];

type Findings = readonly [Finding, ...Finding[]];

/**
 * The findings of each object, in order. An object with the same name in another file is a
 * different one.
 */
function byResource(findings: readonly Finding[]): readonly Findings[] {
  const groups = new Map<string, [Finding, ...Finding[]]>();
  for (const finding of findings) {
    const {file, document} = finding.source;
    const key = JSON.stringify([file, document, titleOf(finding)]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [finding]);
    else group.push(finding);
  }
  return [...groups.values()];
}

/** The file in which lines are counted, and the template that rendered the object. */
function originOf({source: {file, template, templateLine, isRendering, manager}}: Finding): string {
  if (manager !== undefined) return `${file}, ${manager}`;
  const from = template === undefined ? file : `${file}, from ${template}`;
  if (isRendering === undefined) return from;
  return `${from}; lines of ${templateLine === undefined ? 'the whole output' : 'its output'}`;
}

/** The line where a person can look it up: rendered output is in no file. */
export const shownLine = ({line, templateLine, isRendering}: Source): number =>
  isRendering === undefined ? line : (templateLine ?? line);

/** The line in what was rendered, or the field in a cluster, to append to a message that is shown at no line. */
export function placeText({source, path}: Pick<Finding, 'source' | 'path'>): string {
  const {line, template, templateLine, isRendering, isLive} = source;
  if (isLive !== undefined) return ` (${path})`;
  if (isRendering === undefined) return '';
  return template === undefined || templateLine === undefined
    ? ` (line ${line} of the whole output)`
    : ` (line ${templateLine} of the output of ${template})`;
}

/** The message of a finding, with the evidence of need, or why it is allowed. */
export const textOf = (finding: Finding): string =>
  [
    finding.message,
    evidenceText(finding),
    finding.reason === undefined
      ? ''
      : ` (allowed: ${approvalText({...finding, reason: finding.reason})})`,
  ].join('');

/** What to paste into the policy to keep what is undecided or refused the stream. */
function decisionLines(report: Report): readonly string[] {
  const lines = allowanceLines(openOf(report));
  const locked = lockSentences(leftOf(report)).map(safeText);
  if (lines.length === 0) return locked;
  return [
    ...locked,
    'To keep what waits or is cut off, add this to kube-harden.yaml. `kube-harden decide` adds it, and also what is only flagged; --undecided fix rewrites what waits.',
    ...lines,
    '',
  ];
}

/** The policy entries that allow what is undecided or refused the stream. */
export const openOf = (report: Report): Allowances => allowancesOf(leftOf(report));

function leftOf(report: Report): readonly Finding[] {
  const {findings, notes, policy, refusal} = report;
  const refusing = new Set(refusal === undefined ? [] : refusingOf(report, policy));
  const isLeft = (each: Finding) =>
    (isUndecided(each) && each.known !== true) || refusing.has(each);
  return [...findings, ...notes].filter(isLeft);
}

const mostNamed = 10;

/** The notes: one line per message, for all its objects, safe for a terminal. */
export function noteLines({notes}: Pick<Report, 'notes'>): readonly string[] {
  const byMessage = new Map<string, Set<string>>();
  for (const note of notes) {
    const titles = byMessage.get(note.message);
    if (titles === undefined) byMessage.set(note.message, new Set([titleOf(note)]));
    else titles.add(titleOf(note));
  }
  return [...byMessage].map(([message, titles]) => {
    const named = [...titles].slice(0, mostNamed).join(', ');
    const more = titles.size > mostNamed ? ` and ${titles.size - mostNamed} more` : '';
    return `note: ${named}${more}: ${safeText(message)}`;
  });
}

/** The stale entries of the policy, one line each, safe for a terminal. */
export const staleLines = ({staleExceptions}: Report): readonly string[] =>
  staleExceptions.map(({exception, why}) => {
    return safeText(
      `stale exception (${why}): ${entryTitle(exception)}: ${approvalText(exception)}`,
    );
  });

/** The reason of an entry, with who approved it, where and until when. */
export const approvalText = ({reason, approver, ticket, expires}: Approval): string =>
  [
    reason,
    ...(approver === undefined ? [] : [`approved by ${approver}`]),
    ...(ticket === undefined ? [] : [ticket]),
    ...(expires === undefined ? [] : [`until ${expires}`]),
  ].join('; ');

/** What was not checked, one line each, safe for a terminal. */
export const skippedLines = ({skipped = [], failed = []}: Report): readonly string[] => [
  ...skipped.map(
    ({file, reason}) => `skipped, not checked: ${safeText(file)}: ${safeText(reason)}`,
  ),
  ...failed.map(({file, reason}) => `failed, not checked: ${safeText(file)}: ${safeText(reason)}`),
];

const refusalLine = ({refusal}: Report): readonly string[] =>
  refusal === undefined ? [] : [`the stream was refused: ${safeText(refusal)}`];

/** Whether nothing was rewritten: only an audit says what it skipped. */
export const isAudit = ({skipped}: Report): boolean => skipped !== undefined;

/** What render would make of the findings of an audit. */
export function auditOutcome({findings, summary}: Report): string {
  const fixable = findings.filter(({disposition}) => disposition === 'would-fix').length;
  return `render would fix ${fixable}, ${summary.remaining - fixable} remain`;
}

function totalLine(report: Report): string {
  const {documents, resources, findings, fixed, remaining, excepted} = report.summary;
  const severities = severityCounts(report.findings.filter(isOpen));
  const detail = severities === '' ? '' : ` (${severities})`;
  const inputs = `${counted(documents, 'document')}, ${counted(resources, 'resource')}`;
  const outcome = isAudit(report)
    ? `${counted(findings, 'finding')}${detail}: ${auditOutcome(report)}`
    : `${counted(findings, 'finding')}, ${fixed} fixed, ${remaining} remaining${detail}`;
  return `${inputs}: ${outcome}, ${excepted} excepted${endOf(report)}`;
}

/** What the user must decide, and what an audit knows from its baseline. */
function endOf({summary: {undecided, known}}: Report): string {
  const parts = [
    ...(undecided === 0 ? [] : [`${undecided} undecided`]),
    ...(known === undefined ? [] : [`${known} known`]),
  ];
  return parts.length === 0 ? '' : `; ${parts.join(', ')}`;
}
