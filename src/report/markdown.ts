import {allowanceLines} from '../config/entries.ts';
import {type Finding, titleOf} from '../findings/finding.ts';
import {safeMarkdown} from '../text/safe-markdown.ts';
import {frameworkMarkdown} from './frameworks.ts';
import {auditOutcome, isAudit, outcomeOf} from './outcome.ts';
import {remediesOf} from './remedies.ts';
import {counted, type Report} from './report.ts';
import {noteLines, openOf, shownLine, skippedLines, staleLines, textOf} from './text.ts';
import {valueMarkdown} from './values.ts';

/** The report as a Markdown table, for a pull request or a wiki. */
export function toMarkdown(report: Report): string {
  if (report.frameworks !== undefined) {
    const skipped = skippedLines(report).flatMap(line => [`- ${safeMarkdown(line)}`, '']);
    return [...frameworkMarkdown(report.frameworks), ...skipped].join('\n');
  }
  const {findings, summary, refusal} = report;
  const rows = findings.map(finding => {
    const cells = [
      outcomeOf(finding),
      finding.severity,
      finding.rule,
      titleOf(finding),
      textOf(finding),
      placeOf(finding),
    ];
    return `| ${cells.map(safeMarkdown).join(' | ')} |`;
  });
  const outcome = isAudit(report)
    ? auditOutcome(report)
    : `${summary.fixed} fixed, ${summary.remaining} remaining`;
  return [
    '# kube-harden report',
    '',
    ...(refusal === undefined ? [] : [`**The stream was refused**: ${safeMarkdown(refusal)}`, '']),
    `${counted(summary.findings, 'finding')}: ${outcome}, ${summary.excepted} excepted; ${summary.undecided} undecided${knownText(summary)}.`,
    '',
    ...[...skippedLines(report), ...noteLines(report), ...staleLines(report)].flatMap(line => [
      `- ${safeMarkdown(line)}`,
      '',
    ]),
    '| status | severity | rule | object | finding | place |',
    '|---|---|---|---|---|---|',
    ...rows,
    '',
    ...valueMarkdown(report),
    ...remedies(report),
    ...decisions(report),
  ].join('\n');
}

function placeOf({source, path}: Finding): string {
  const {file, template, isRendering, isLive, manager} = source;
  if (isLive !== undefined)
    return [file, manager, path].filter(part => part !== undefined).join(', ');
  const origin = [
    ...(template === undefined ? [] : [template]),
    ...(isRendering === undefined ? [] : ['line in its output']),
  ];
  return `${file}:${shownLine(source)}${origin.length === 0 ? '' : ` (${origin.join(', ')})`}`;
}

function remedies(report: Report): readonly string[] {
  const lines = [...remediesOf(report)].map(
    ([rule, remedy]) => `- ${rule}: ${safeMarkdown(remedy)}`,
  );
  return lines.length === 0 ? [] : ['How to fix the manifests:', '', ...lines, ''];
}

function decisions(report: Report): readonly string[] {
  const lines = allowanceLines(openOf(report));
  if (lines.length === 0) return [];
  return [
    'To keep what waits or is cut off, add this to the policy. `kube-harden decide` adds it, and also what is only flagged; `--undecided fix` rewrites what waits.',
    '',
    '```yaml',
    ...lines,
    '```',
    '',
  ];
}

/** What an audit knows from its baseline. */
const knownText = ({known}: Report['summary']): string =>
  known === undefined ? '' : `, ${known} known`;
