import type {Finding} from './finding.ts';
import {evidenceText, exceptionLines} from './ready-exception.ts';
import {type Report, severityCounts} from './report.ts';
import {safeText} from './safe-text.ts';

/** A table for a person: per object its findings, with their places, and a total line. */
export function toText(report: Report): string {
  const lines: string[] = [];
  for (const [title, findings] of byResource(report.findings)) {
    const {file, template} = (findings[0] as Finding).source;
    lines.push(`${title}  (${safeText(template ?? file)})`);
    const width = Math.max(...findings.map(({rule}) => rule.length));
    for (const finding of findings) {
      const {status, severity, rule, message, source} = finding;
      const place = `${source.line}:${source.column}`;
      const columns = [place.padEnd(8), status.padEnd(8), severity.padEnd(8), rule.padEnd(width)];
      lines.push(`  ${columns.join('  ')}  ${safeText(`${message}${evidenceText(finding)}`)}`);
    }
    lines.push('');
  }
  return [
    ...lines,
    ...staleLines(report),
    ...decisionLines(report),
    totalLine(report),
    ...refusalLine(report),
    '',
  ].join('\n');
}

/** Per object, which rules were rewritten and which are only flagged; then the total line. */
export function toSummary(report: Report): string {
  const lines = [...byResource(report.findings)].map(([title, findings]) => {
    const parts = (['fixed', 'flagged', 'excepted'] as const).map(status => {
      const rules = findings.filter(finding => finding.status === status).map(({rule}) => rule);
      return rules.length === 0 ? '' : `${status} ${[...new Set(rules)].join(', ')}`;
    });
    return `${title}: ${parts.filter(part => part !== '').join('; ')}`;
  });
  return [...lines, ...staleLines(report), ...decisionLines(report), totalLine(report), ''].join(
    '\n',
  );
}

function byResource(findings: readonly Finding[]): Map<string, Finding[]> {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const title = titleOf(finding);
    const group = groups.get(title);
    if (group === undefined) groups.set(title, [finding]);
    else group.push(finding);
  }
  return groups;
}

/** `Deployment/shop/web`, or `Deployment/web` where the manifest names no namespace. */
export function titleOf({resource: {kind, namespace, name}}: Finding): string {
  return safeText([kind, ...(namespace === undefined ? [] : [namespace]), name].join('/'));
}

/** What to paste into the policy to keep what waits, and how to have it rewritten. */
function decisionLines({findings}: Report): readonly string[] {
  const exceptions = exceptionLines(findings);
  if (exceptions.length === 0) return [];
  const title =
    'Rewrites that wait for a decision: --fix-all makes them, these exceptions in kube-harden.yaml keep what they take:';
  return [title, ...exceptions, ''];
}

const staleLines = ({staleExceptions}: Report): readonly string[] =>
  staleExceptions.map(({exception, why}) => {
    const what = 'rules' in exception ? exception.rules.join(', ') : 'exposed';
    return safeText(`stale exception (${why}): ${what}: ${exception.reason}`);
  });

const refusalLine = ({refusal}: Report): readonly string[] =>
  refusal === undefined ? [] : [`the stream was refused: ${safeText(refusal)}`];

function totalLine(report: Report): string {
  const {documents, resources, findings, fixed, remaining, excepted} = report.summary;
  const severities = severityCounts(report);
  const detail = severities === '' ? '' : ` (${severities})`;
  return `${documents} documents, ${resources} resources: ${findings} findings, ${fixed} fixed, ${remaining} remaining${detail}, ${excepted} excepted`;
}
