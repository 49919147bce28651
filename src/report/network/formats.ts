import type {NetworkReport, PlacedEvidence} from '../../network-report.ts';
import {safeMarkdown} from '../../text/safe-markdown.ts';
import {safeJson, safeText} from '../../text/safe-text.ts';
import {tool} from '../report.ts';
import {toDot} from './dot.ts';
import {toMermaid} from './mermaid.ts';
import {portsText} from './ports-text.ts';

/** The formats of `kube-harden network`, by their names in `--format`. */
export const networkFormats: Readonly<Record<string, (report: NetworkReport) => string>> = {
  table: toTable,
  json: toJson,
  markdown: toMarkdown,
  mermaid: toMermaid,
  dot: toDot,
};

const stages = ['before', 'after'] as const;

function toTable(report: NetworkReport): string {
  return stages
    .map(stage => {
      const rows = report[stage].map(edge => [
        safeStart(safeText(edge.from)),
        safeText(edge.to),
        safeText(portsText(edge)),
        safeText(whyText(edge.why)),
      ]);
      return `${stage}\n${columns([['FROM', 'TO', 'PORTS', 'WHY'], ...rows])}`;
    })
    .join('\n');
}

/**
 * A range such as `::/0` is quoted at the start of a line: a CI system reads `::` there as a
 * command.
 */
export const safeStart = (text: string): string => (text.startsWith(':') ? `"${text}"` : text);

/** Rows in columns, of which the last has no width. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? [])
    .slice(0, -1)
    .map((_, at) => rows.reduce((width, row) => Math.max(width, row[at]?.length ?? 0), 0));
  return rows
    .map(row => `  ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ')}`.trimEnd())
    .map(line => `${line}\n`)
    .join('');
}

/** Fields may be added, never removed. */
function toJson({before, after}: NetworkReport): string {
  return safeJson({schemaVersion: 1, tool, before, after});
}

function toMarkdown(report: NetworkReport): string {
  const sections = stages.map(stage => {
    const rows = report[stage].map(edge => {
      const cells = [edge.from, edge.to, portsText(edge), whyText(edge.why)];
      return `| ${cells.map(safeMarkdown).join(' | ')} |`;
    });
    return [`## ${stage}`, '', '| from | to | ports | why |', '|---|---|---|---|', ...rows, ''];
  });
  return sections.flat().join('\n');
}

const shown = 3;

/** The first reasons, with their places. */
export function whyText(why: readonly PlacedEvidence[]): string {
  const reasons = [...new Set(why.map(each => `${each.reason}${placeText(each)}`))];
  return [
    ...reasons.slice(0, shown),
    ...(reasons.length > shown ? [`and ${reasons.length - shown} more`] : []),
  ].join('; ');
}

/** The place where a person can look it up: rendered output is in no file. */
function placeText(evidence: PlacedEvidence): string {
  const {file, line, template, templateLine, isRendering} = evidence;
  if (file === undefined) return '';
  if (isRendering === undefined) return ` (${file}:${line})`;
  if (template === undefined) return ` (line ${line} of the output of ${file})`;
  if (templateLine !== undefined) return ` (line ${templateLine} of the output of ${template})`;
  return ` (from ${template}; line ${line} of the output of ${file})`;
}
