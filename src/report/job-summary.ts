import {isOpen, titleOf} from '../findings/finding.ts';
import {severities} from '../severity.ts';
import {safeMarkdown} from '../text/safe-markdown.ts';
import {outcomeOf, totalLines} from './outcome.ts';
import {remediesOf} from './remedies.ts';
import type {Report} from './report.ts';
import {byObject, byRule, type Findings, worstFirst} from './table/groups.ts';
import {skippedLines} from './text.ts';

/**
 * GitHub cuts off a job summary of more than 1 MiB for a step; the rest is for other commands of the step.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
 */
const mostBytes = 900_000;

/** A summary of a job for GitHub Actions, in Markdown: counts first, then the objects, the worst first. */
export function toJobSummary(report: Report): string {
  const {findings, refusal} = report;
  const head = [
    '## kube-harden',
    '',
    ...(refusal === undefined ? [] : [`**The stream was refused**: ${safeMarkdown(refusal)}`, '']),
    ...totalLines(report).flatMap(line => [safeMarkdown(line), '']),
    ...skippedLines(report).flatMap(line => [`- ${safeMarkdown(line)}`, '']),
    ...countsTable(report),
  ];
  const objects = worstFirst(byObject(findings)).map(objectLines);
  const remedies = [...remediesOf(report)].map(
    ([rule, remedy]) => `- ${safeMarkdown(rule)}: ${safeMarkdown(remedy)}`,
  );
  const tail = remedies.length === 0 ? [] : ['### How to fix the manifests', '', ...remedies, ''];
  let room = mostBytes - Buffer.byteLength([...head, ...tail].join('\n'));
  const shown: string[] = [];
  for (const [at, lines] of objects.entries()) {
    room -= Buffer.byteLength(lines.join('\n')) + 1;
    if (room < 0) {
      shown.push(`_${objects.length - at} more objects are not shown: see the log._`, '');
      break;
    }
    shown.push(...lines);
  }
  return [...head, ...shown, ...tail].join('\n');
}

/** How many open findings there are of each severity and outcome. */
function countsTable({findings}: Report): readonly string[] {
  const open = findings.filter(isOpen);
  if (open.length === 0) return [];
  const outcomes = [...new Set(open.map(outcomeOf))];
  const rows = severities.toReversed().map(severity => {
    const counts = outcomes.map(
      outcome =>
        open.filter(each => each.severity === severity && outcomeOf(each) === outcome).length,
    );
    return `| ${severity} | ${counts.join(' | ')} |`;
  });
  return [
    `| severity | ${outcomes.join(' | ')} |`,
    `|---|${outcomes.map(() => '---:|').join('')}`,
    ...rows,
    '',
  ];
}

function objectLines(findings: Findings): readonly string[] {
  const rows = byRule(findings).map(group => {
    const [first] = group;
    const count = group.length === 1 ? '' : ` ×${group.length}`;
    const cells = [first.severity, outcomeOf(first), `${first.rule}${count}`, first.message];
    return `| ${cells.map(safeMarkdown).join(' | ')} |`;
  });
  return [
    `### ${safeMarkdown(titleOf(findings[0]))}`,
    '',
    '| severity | outcome | rule | finding |',
    '|---|---|---|---|',
    ...rows,
    '',
  ];
}
