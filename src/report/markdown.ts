import {type Finding, titleOf} from '../findings/finding.ts';
import {exceptionLines} from '../findings/ready-exception.ts';
import {safeMarkdown} from '../text/safe-text.ts';
import {remediesOf} from './remedies.ts';
import {counted, type Report} from './report.ts';
import {noteLines, shownLine, staleLines, textOf} from './text.ts';

/** The report as a Markdown table, for a pull request or a wiki. */
export function toMarkdown(report: Report): string {
  const {findings, summary, refusal} = report;
  const rows = findings.map(finding => {
    const {file, template, isRendering} = finding.source;
    const rendering = isRendering === undefined ? '' : ', a line of what it renders';
    const cells = [
      finding.status,
      finding.severity,
      finding.rule,
      titleOf(finding),
      textOf(finding),
      `${file}:${shownLine(finding.source)}${template === undefined ? '' : ` (${template}${rendering})`}`,
    ];
    return `| ${cells.map(safeMarkdown).join(' | ')} |`;
  });
  return [
    '# kube-harden report',
    '',
    ...(refusal === undefined ? [] : [`**The stream was refused**: ${safeMarkdown(refusal)}`, '']),
    `${counted(summary.findings, 'finding')}: ${summary.fixed} fixed, ${summary.remaining} remaining, ${summary.excepted} excepted.`,
    '',
    ...[...noteLines(report), ...staleLines(report)].flatMap(line => [
      `- ${safeMarkdown(line)}`,
      '',
    ]),
    '| status | severity | rule | object | finding | place |',
    '|---|---|---|---|---|---|',
    ...rows,
    '',
    ...remedies(report),
    ...decisions(findings),
  ].join('\n');
}

function remedies(report: Report): readonly string[] {
  const lines = [...remediesOf(report)].map(([rule, remedy]) => `- ${rule}: ${remedy}`);
  return lines.length === 0 ? [] : ['What to do in the manifests:', '', ...lines, ''];
}

function decisions(findings: readonly Finding[]): readonly string[] {
  const exceptions = exceptionLines(findings);
  if (exceptions.length === 0) return [];
  return [
    'Some rewrites wait for a decision: `--fix-all` makes them, these exceptions in the policy keep what they take.',
    '',
    '```yaml',
    ...exceptions,
    '```',
    '',
  ];
}
