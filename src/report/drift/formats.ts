import type {Change} from '../../drift/change.ts';
import {safeMarkdown} from '../../text/safe-markdown.ts';
import {safeJson, safeText} from '../../text/safe-text.ts';
import {tool} from '../report.ts';
import {changesIn, type DriftReport, directions, phraseOf, totalOf} from './report.ts';

/** The formats of `kube-harden diff`, by their names in `--format`. */
export const driftFormats: Readonly<Record<string, (report: DriftReport) => string>> = {
  table: toTable,
  json: toJson,
  markdown: toMarkdown,
};

function toTable(report: DriftReport): string {
  const width = report.changes.reduce((most, {object}) => {
    return Math.max(most, safeText(object ?? '').length);
  }, 0);
  const parts = directions.flatMap(direction => {
    const changes = changesIn(report, direction);
    return changes.length === 0 ? [] : [direction, ...changes.map(each => rowOf(each, width))];
  });
  return [...parts, totalOf(report), ''].join('\n');
}

function rowOf(change: Change, width: number): string {
  const {severity, object = ''} = change;
  return `  ${severity.padEnd(8)}  ${safeText(object).padEnd(width)}  ${safeText(phraseOf(change))}`;
}

/** Fields may be added, never removed. */
function toJson(report: DriftReport): string {
  const {before, after, changes} = report;
  const summary = Object.fromEntries(
    directions.map(direction => [direction, changesIn(report, direction).length]),
  );
  return safeJson({schemaVersion: 1, tool, before, after, summary, changes});
}

function toMarkdown(report: DriftReport): string {
  const parts = directions.flatMap(direction => {
    const changes = changesIn(report, direction);
    if (changes.length === 0) return [];
    return [
      `## What got ${direction}`,
      '',
      '| severity | object | change |',
      '|---|---|---|',
      ...changes.map(change => {
        const cells = [change.severity, change.object ?? '', phraseOf(change)];
        return `| ${cells.map(safeMarkdown).join(' | ')} |`;
      }),
      '',
    ];
  });
  const span = `From ${safeMarkdown(report.before)} to ${safeMarkdown(report.after)}`;
  return ['# Security changes', '', `${span}: ${totalOf(report)}.`, '', ...parts].join('\n');
}
