import type {Finding} from '../../findings/finding.ts';
import {severities} from '../../severity.ts';
import {safeHtml} from '../../text/safe-html.ts';
import {outcomeOf} from '../outcome.ts';

/** The form that chooses among `findings`; without scripts it stays hidden, and all are shown. */
export function filters(findings: readonly Finding[]): string {
  const having = (of: (finding: Finding) => string) => [...new Set(findings.map(of))].sort();
  const present = new Set(findings.map(({severity}) => severity));
  return `<form id="filters" class="filters card" data-items=".object details" data-name="findings" hidden>
${boxes(
  'severity',
  severities.toReversed().filter(severity => present.has(severity)),
)}
${boxes('status', having(outcomeOf))}
${choice(
  'rule',
  'Rule',
  having(({rule}) => rule),
)}
${choice(
  'chart',
  'Chart',
  having(({source}) => source.file),
)}
${searchField}
<button type="button" id="open">Open all</button><button type="button" id="close">Close all</button><button type="reset">Reset</button>
<output id="shown" aria-live="polite"></output>
</form>`;
}

/** The field that the key `/` leads to. */
export const searchField =
  '<label class="field"><span class="name">Search (/)</span><input type="search" name="search" autocomplete="off"></label>';

/** Check boxes for values that are words of ours, which are also names of classes. */
export function boxes(name: string, values: readonly string[]): string {
  const legend = `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
  const items = values.map(
    value =>
      `<label><input type="checkbox" name="${name}" value="${value}" checked><span class="${value}">${value}</span></label>`,
  );
  return `<fieldset><legend>${legend}</legend>${items.join('')}</fieldset>`;
}

/** A list of which one value can be chosen; `texts` are shown instead, if given. */
export function choice(
  name: string,
  label: string,
  values: readonly string[],
  texts: readonly string[] = values,
): string {
  const options = values.map(
    (value, at) => `<option value="${safeHtml(value)}">${safeHtml(texts[at] ?? value)}</option>`,
  );
  return `<label class="field"><span class="name">${label}</span><select name="${name}"><option value="">all</option>${options.join('')}</select></label>`;
}
