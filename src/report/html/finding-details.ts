import {evidenceText} from '../../findings/allowances.ts';
import type {Finding} from '../../findings/finding.ts';
import {safeHtml} from '../../text/safe-html.ts';
import {outcomeOf} from '../outcome.ts';
import {approvalText, placeText, shownLine} from '../text.ts';
import {adviceText} from '../values.ts';

/** A finding that can be opened; `change` is its diff. */
export function findingDetails(finding: Finding, change: readonly string[]): string {
  const {rule, severity, container, message, source, path, remedy, reason, values} = finding;
  const outcome = outcomeOf(finding);
  const place = source.isLive === true ? path : `line ${shownLine(source)}`;
  const rows: readonly (readonly [string, string])[] = [
    [
      'Place',
      safeHtml(`${source.isLive === true ? '' : place}${placeText(finding)} ${path}`.trim()),
    ],
    ['Evidence', safeHtml(evidenceText(finding).trim())],
    ['Allowed', reason === undefined ? '' : safeHtml(approvalText({...finding, reason}))],
    ['Remedy', safeHtml(remedy)],
    ['Value', values === undefined ? '' : safeHtml(adviceText(values))],
    ['Rule', `<a href="#rule-${safeHtml(encodeURIComponent(rule))}">${safeHtml(rule)}</a>`],
  ];
  const data = {severity, status: outcome, rule, chart: source.file};
  const attributes = Object.entries(data).map(
    ([name, value]) => ` data-${name}="${safeHtml(value)}"`,
  );
  return `<details${attributes.join('')}>
<summary><span class="badge ${severity}">${severity}</span><span class="badge ${outcome}">${outcome}</span><span>${safeHtml(rule)}${container === undefined ? '' : `: ${safeHtml(container)}`}</span><span class="minor">${safeHtml(place)}</span></summary>
<div class="more"><p>${safeHtml(message)}</p>
${diff(change)}<dl>${rows
    .filter(([, text]) => text !== '')
    .map(([name, text]) => `<dt>${name}</dt><dd>${text}</dd>`)
    .join('')}</dl></div>
</details>`;
}

function diff(lines: readonly string[]): string {
  if (lines.length === 0) return '';
  const shown = lines.map(line => {
    const name = line.startsWith('+') ? ' class="add"' : line.startsWith('-') ? ' class="del"' : '';
    return `<span${name}>${safeHtml(line)}</span>`;
  });
  return `<pre class="diff" tabindex="0" role="group" aria-label="Before and after">${shown.join('')}</pre>\n`;
}
