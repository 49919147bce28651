import {type Finding, titleOf} from '../findings/finding.ts';
import type {ValueAdvice, ValueOutcome} from '../findings/value-advice.ts';
import {safeMarkdown} from '../text/safe-markdown.ts';
import {safeText} from '../text/safe-text.ts';
import {someOf} from '../text/some-of.ts';
import type {Report} from './report.ts';

/**
 * For each set of values that clears findings of a chart, what to set, what it clears and what else changes; then the
 * findings that no value clears. Safe for a terminal; nothing if no values were looked for.
 */
export const valueLines = ({findings}: Pick<Report, 'findings'>): readonly string[] =>
  headings.flatMap(([outcome, heading]) => {
    const groups = byAdvice(findings, outcome);
    return groups.length === 0 ? [] : [heading, ...groups.flatMap(linesOf), ''];
  });

/** The same as lists. */
export const valueMarkdown = ({findings}: Pick<Report, 'findings'>): readonly string[] =>
  headings.flatMap(([outcome, heading]) => {
    const items = byAdvice(findings, outcome).map(group => {
      const [first = '', ...rest] = linesOf(group).map(line => safeMarkdown(line.trim()));
      return `- ${[first, ...rest].join('; ')}`;
    });
    return items.length === 0 ? [] : [heading, '', ...items, ''];
  });

/** What was proven comes first; what removes something, last of what can be set. */
const headings: readonly (readonly [ValueOutcome, string])[] = [
  ['proven', 'Values of the chart that fix it, proven by rendering with them:'],
  ['choose', 'Values of the chart that fix it if you choose the right one; these are examples:'],
  ['wider', 'Values that clear it, but change more than that:'],
  ['removes', 'Values that clear it by removing something:'],
  [
    'none',
    'No value of the chart that was found fixes these: the post-renderer does, or the chart must change:',
  ],
  ['untried', 'Not known, whether a value of the chart fixes these:'],
];

interface Group {
  readonly advice: ValueAdvice;
  readonly findings: readonly Finding[];
  readonly changes: readonly string[];
}

/** The findings with the same advice, in order. */
function byAdvice(all: readonly Finding[], outcome: ValueOutcome): readonly Group[] {
  const groups = new Map<
    string,
    {advice: ValueAdvice; findings: Finding[]; changes: Set<string>}
  >();
  for (const finding of all) {
    const advice = finding.values;
    if (advice?.outcome !== outcome) continue;
    const key = JSON.stringify([finding.source.file, advice.set, advice.reason]);
    const group = groups.get(key) ?? {advice, findings: [], changes: new Set<string>()};
    groups.set(key, group);
    group.findings.push(finding);
    for (const change of advice.alsoChanges ?? []) group.changes.add(change);
  }
  return [...groups.values()].map(group => ({...group, changes: [...group.changes]}));
}

/** How a line with options of helm begins. */
export const optionStart = '  --set';

function linesOf({advice, findings, changes}: Group): readonly string[] {
  const where = someOf(places(findings));
  if (advice.set.length === 0) return [`  ${where}: ${safeText(advice.reason ?? '')}`];
  return [
    `  ${settingText(advice)}`,
    `    clears ${where}`,
    ...(changes.length === 0 ? [] : [`    also changes ${someOf(changes.map(safeText))}`]),
  ];
}

/** What is known of the values that clear one finding, in one line. */
export function adviceText(advice: ValueAdvice): string {
  const {outcome, reason = '', alsoChanges = []} = advice;
  if (advice.set.length === 0) return safeText(reason);
  const also =
    alsoChanges.length === 0 ? '' : `; also changes ${someOf(alsoChanges.map(safeText))}`;
  return `${settingText(advice)} (${outcomeTexts[outcome]})${also}`;
}

const outcomeTexts: Readonly<Record<ValueOutcome, string>> = {
  proven: 'proven by rendering the chart with it',
  choose: 'an example: choose the right value',
  wider: 'clears it, and changes more than that',
  removes: 'clears it by removing something',
  none: 'clears nothing',
  untried: 'not tried',
};

/** What to set, as one line. */
const settingText = ({set}: ValueAdvice): string =>
  set
    .map(({option, path, value}) =>
      safeText(
        option === undefined ? `in a values file, ${path}: ${JSON.stringify(value)}` : option,
      ),
    )
    .join(' ');

/** `no-root in Deployment/web (app, init)`, for each rule and object. */
function places(findings: readonly Finding[]): readonly string[] {
  const containers = new Map<string, Set<string>>();
  for (const finding of findings) {
    const place = `${finding.rule} in ${titleOf(finding)}`;
    const names = containers.get(place) ?? new Set<string>();
    containers.set(place, names);
    if (finding.container !== undefined) names.add(safeText(finding.container));
  }
  return [...containers].map(([place, names]) =>
    names.size === 0 ? place : `${place} (${[...names].join(', ')})`,
  );
}
