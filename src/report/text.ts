import {allowanceLines, declarationText, entryTitle} from '../config/entries.ts';
import {allowancesOf, evidenceText, lockSentences} from '../findings/allowances.ts';
import {type Finding, isUndecided, type Source, titleOf} from '../findings/finding.ts';
import {refusingOf} from '../findings/refusal.ts';
import {stalenessOf} from '../policy/exceptions.ts';
import type {Allowances, Approval} from '../policy/policy.ts';
import {safeText} from '../text/safe-text.ts';
import {someOf} from '../text/some-of.ts';
import {outcomeOf, totalLines} from './outcome.ts';
import type {Report} from './report.ts';
import {byObject} from './table/groups.ts';

/**
 * For each object, which rules were fixed, which wait, and which are only flagged; then the total
 * line.
 */
export function toSummary(report: Report): string {
  const lines = byObject(report.findings).map(findings => {
    const parts = ['fixed', 'waits', 'flagged', 'excepted'].map(outcome => {
      const rules = findings.filter(each => outcomeOf(each) === outcome).map(({rule}) => rule);
      return rules.length === 0 ? '' : `${outcome} ${[...new Set(rules)].join(', ')}`;
    });
    return `${titleOf(findings[0])}: ${parts.filter(part => part !== '').join('; ')}`;
  });
  return [...lines, ...closingLines(report), ''].join('\n');
}

/** What follows the findings, in tables, summaries and CI logs. */
export const closingLines = (report: Report): readonly string[] => [
  ...noteLines(report),
  ...staleLines(report),
  ...skippedLines(report),
  ...decisionLines(report),
  ...totalLines(report),
];

/** The file in which lines are counted, and the template that rendered the object. */
export function originOf({
  source: {file, template, templateLine, isRendering, manager},
}: Finding): string {
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
export function decisionLines(report: Report): readonly string[] {
  const lines = allowanceLines(openOf(report));
  if (lines.length === 0) return lockLines(report);
  return [
    ...lockLines(report),
    'To keep what waits or is cut off, add this to kube-harden.yaml. `kube-harden decide` adds it, and also what is only flagged; --undecided fix rewrites what waits.',
    ...lines,
    '',
  ];
}

/** Why locks keep the policy from allowing what is undecided or refused the stream, safe for a terminal. */
export const lockLines = (report: Report): readonly string[] =>
  lockSentences(leftOf(report)).map(safeText);

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

/** The message of a note, with the declarations to start from. */
function noteText({message, connections = []}: Finding): string {
  if (connections.length === 0) return message;
  return `${message}: ${someOf(connections.map(declarationText))}`;
}

/** The notes: one line per message, for all its objects, safe for a terminal. */
export function noteLines({notes}: Pick<Report, 'notes'>): readonly string[] {
  const byMessage = new Map<string, Set<string>>();
  for (const note of notes) {
    const message = noteText(note);
    const titles = byMessage.get(message);
    if (titles === undefined) byMessage.set(message, new Set([titleOf(note)]));
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
  staleExceptions.map(stale => {
    const {exception} = stale;
    const {reason} = exception;
    const approval = approvalText({...exception, reason: clipped(reason)});
    return safeText(
      `stale exception (${stalenessOf(stale)}): ${entryTitle(exception)}: ${approval}`,
    );
  });

/** Of a stale entry only as much as tells which it is: its whole reason is in the policy. */
const clipped = (reason: string): string =>
  reason.length <= longestReason ? reason : `${reason.slice(0, longestReason).trimEnd()}…`;

const longestReason = 80;

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

/** Why the stream was refused, safe for a terminal. */
export const refusalLine = ({refusal}: Report): readonly string[] =>
  refusal === undefined ? [] : [`the stream was refused: ${safeText(refusal)}`];
