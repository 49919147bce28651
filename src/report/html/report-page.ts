import {isOpen, titleOf} from '../../findings/finding.ts';
import {rulesOf} from '../../rules/index.ts';
import type {Rule} from '../../rules/rule.ts';
import {type Severity, severities} from '../../severity.ts';
import {grouped} from '../../text/grouped.ts';
import {safeHtml} from '../../text/safe-html.ts';
import {outcomeOf, totalLines} from '../outcome.ts';
import {referenceLines} from '../references.ts';
import {type Report, tool} from '../report.ts';
import {byObject, byRule, worstFirst} from '../table/groups.ts';
import {noteLines, originOf, skippedLines, staleLines} from '../text.ts';
import {controlsStyle} from './controls-style.ts';
import {filterScript} from './filter-script.ts';
import {filters} from './filters.ts';
import {findingDetails} from './finding-details.ts';
import {networkGraph} from './network-graph.ts';
import {reportStyle} from './report-style.ts';
import {htmlDocument} from './shell.ts';

/** A browser takes long to show more; the other formats have all. */
const mostShown = 5000;

/** The report as one page of HTML, which loads nothing: https://html.spec.whatwg.org. */
export function toHtml(report: Report): string {
  const {findings} = report;
  const lines = new Map(findings.map((finding, at) => [finding, report.changes?.[at] ?? []]));
  const kept = severities
    .toReversed()
    .flatMap(severity => findings.filter(finding => finding.severity === severity))
    .slice(0, mostShown);
  const objects = worstFirst(byObject(kept)).map(group => {
    const [first] = group;
    const details = byRule(group)
      .flat()
      .map(finding => findingDetails(finding, lines.get(finding) ?? []));
    return `<section class="object card">
<header><h3>${safeHtml(titleOf(first))}</h3><span class="minor">${safeHtml(originOf(first))}</span></header>
${details.join('\n')}
</section>`;
  });
  const left = findings.length - kept.length;
  return htmlDocument({
    title: 'kube-harden report',
    style: `${controlsStyle}${reportStyle}`,
    script: filterScript,
    body: [
      '<a class="skip" href="#findings">To the findings</a>',
      `<header><h1>kube-harden report</h1>${list('p', totalLines(report), 'minor')}</header>`,
      '<main>',
      ...refusal(report),
      posture(report),
      ...told(report),
      `<h2 id="findings" tabindex="-1">Findings</h2>`,
      ...(findings.length === 0 ? ['<p>None.</p>'] : [filters(kept)]),
      ...(left === 0 ? [] : [`<p>${grouped(left)} less severe findings are not on this page.</p>`]),
      ...objects,
      ...network(report),
      ...ruleSections(report),
      '</main>',
      `<footer class="minor">kube-harden ${safeHtml(tool.version)}, profile ${safeHtml(report.policy.profiles.join(', '))}</footer>`,
    ].join('\n'),
  });
}

const refusal = ({refusal: reason}: Report): readonly string[] =>
  reason === undefined
    ? []
    : [`<p class="card"><strong>The stream was refused:</strong> ${safeHtml(reason)}</p>`];

/** How many open findings there are of each severity, and what happens to them. */
function posture({findings}: Report): string {
  const open = findings.filter(isOpen);
  const counts = severities
    .toReversed()
    .map(severity => [severity, open.filter(each => each.severity === severity).length] as const);
  const outcomes = ['would-fix', 'waits', 'flagged', 'fixed', 'known', 'excepted']
    .map(outcome => [outcome, findings.filter(each => outcomeOf(each) === outcome).length] as const)
    .filter(([, count]) => count > 0);
  const card = (name: string, count: number) =>
    `<li class="card"><b class="${name}">${grouped(count)}</b> ${name}</li>`;
  return `<h2>Posture</h2>
${bar(counts)}
<ul class="counts">${counts.map(([name, count]) => card(name, count)).join('')}</ul>
<ul class="counts">${outcomes.map(([name, count]) => card(name, count)).join('')}</ul>`;
}

function bar(counts: readonly (readonly [Severity, number])[]): string {
  const total = counts.reduce((sum, [, count]) => sum + count, 0);
  if (total === 0) return '<p>Nothing is open.</p>';
  let x = 0;
  const parts = counts.map(([severity, count]) => {
    const width = (100 * count) / total;
    const part = `<rect class="${severity}" x="${x.toFixed(2)}" y="0" width="${width.toFixed(2)}" height="1"/>`;
    x += width;
    return part;
  });
  const label = counts.map(([severity, count]) => `${count} ${severity}`).join(', ');
  return `<svg class="bar" viewBox="0 0 100 1" preserveAspectRatio="none" role="img" aria-label="${label}">${parts.join('')}</svg>`;
}

/** What was not checked, notes and stale entries. */
function told(report: Report): readonly string[] {
  const lines = [...skippedLines(report), ...noteLines(report), ...staleLines(report)];
  return lines.length === 0
    ? []
    : [`<section class="card"><h2>To know</h2>${list('p', lines, '')}</section>`];
}

const list = (tag: string, lines: readonly string[], name: string): string =>
  lines.map(line => `<${tag} class="${name}">${safeHtml(line)}</${tag}>`).join('');

function network({networks = []}: Report): readonly string[] {
  const shown = networks.filter(({before, after}) => before.length + after.length > 0);
  if (shown.length === 0) return [];
  return [
    '<h2>Network</h2>',
    ...shown.map(
      ({file, before, after}) => `<section class="card"><h3>${safeHtml(file)}</h3>
<div class="graphs">${networkGraph('before', before)}${networkGraph('after', after)}</div></section>`,
    ),
  ];
}

/** The page of each rule that found something. */
function ruleSections({findings, policy}: Report): readonly string[] {
  const found = new Set(findings.map(({rule}) => rule));
  const rules = rulesOf(policy).filter(({id}) => found.has(id));
  return rules.length === 0 ? [] : ['<h2>Rules</h2>', ...rules.map(ruleSection)];
}

function ruleSection({id, title, severity, remedy, rationale, references}: Rule): string {
  return `<section class="rule card" id="rule-${safeHtml(encodeURIComponent(id))}">
<h3>${safeHtml(id)} <span class="badge ${severity}">${severity}</span></h3>
<p>${safeHtml(title)}</p>
<dl><dt>How to fix it</dt><dd>${safeHtml(remedy)}</dd><dt>Why it matters</dt><dd>${safeHtml(rationale)}</dd>
<dt>References</dt><dd>${referenceLines(references).map(safeHtml).join('<br>') || 'none'}</dd>
<dt>More</dt><dd><code>kube-harden explain ${safeHtml(id)}</code></dd></dl>
</section>`;
}
