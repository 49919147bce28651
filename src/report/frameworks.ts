import {type Finding, titleOf} from '../findings/finding.ts';
import {type ControlResult, type FrameworkResult, percentOf} from '../frameworks/result.ts';
import {safeMarkdown} from '../text/safe-markdown.ts';
import {counted} from './report.ts';

const mostNamed = 5;

/** For each framework its figure, and for each control what the audit says about it, safe for a terminal. */
export const frameworkLines = (results: readonly FrameworkResult[]): readonly string[] =>
  results.flatMap(result => {
    const {controls} = result;
    const width = Math.max(...controls.map(({id}) => id.length));
    return [
      result.title,
      figureOf(result),
      '',
      ...controls.map(control => {
        const columns = [control.id.padEnd(width), control.status.padEnd(11), control.title];
        const detail = detailOf(control);
        return `  ${columns.join('  ')}${detail === '' ? '' : `: ${detail}`}`;
      }),
      '',
    ];
  });

/** The same as tables. */
export const frameworkMarkdown = (results: readonly FrameworkResult[]): readonly string[] => [
  '# kube-harden report',
  '',
  ...results.flatMap(result => [
    `## ${result.title}`,
    '',
    figureOf(result),
    '',
    '| control | asks for | status | detail |',
    '|---|---|---|---|',
    ...result.controls.map(control => {
      const {id, title, status} = control;
      return `| ${id} | ${title} | ${status} | ${safeMarkdown(detailOf(control))} |`;
    }),
    '',
  ]),
];

function figureOf(result: FrameworkResult): string {
  const {passed, judged, applicable, controls} = result;
  const percent = percentOf(result);
  const share =
    percent === undefined ? 'none was judged' : `${passed} of ${judged} pass (${percent} %)`;
  const others = (['incomplete', 'off', 'no-objects', 'not-covered'] as const).flatMap(status => {
    const count = controls.filter(each => each.status === status).length;
    return count === 0 ? [] : `${count} ${status}`;
  });
  const hint = controls.some(({status}) => status === 'off')
    ? ' (`--profile audit` turns all rules on)'
    : '';
  const rest = others.length === 0 ? '' : `; ${others.join(', ')}${hint}`;
  return `${judged} of ${counted(applicable, 'applicable control')} judged: ${share}${rest}`;
}

function detailOf({status, findings, rules, beyond}: ControlResult): string {
  const named = (is: 'judged' | 'off') => rules.filter(rule => rule.is === is).map(({id}) => id);
  switch (status) {
    case 'fail':
    case 'excepted':
      return foundText(
        findings.filter(each => (each.status === 'flagged') === (status === 'fail')),
      );
    case 'pass':
      return named('judged').join(', ');
    case 'incomplete':
    case 'off':
      return named('off').length === 0
        ? 'something was not checked'
        : `off: ${named('off').join(', ')}`;
    case 'beyond':
      return beyond ?? '';
    default:
      return '';
  }
}

/** How many findings there are, and on which objects. */
function foundText(findings: readonly Finding[]): string {
  const titles = [...new Set(findings.map(titleOf))];
  const more = titles.length > mostNamed ? ` and ${titles.length - mostNamed} more` : '';
  const named = titles.slice(0, mostNamed).join(', ');
  return `${counted(findings.length, 'finding')} on ${named}${more}`;
}

/** The form of a result in JSON: findings by their fingerprints. */
export const frameworkJson = (result: FrameworkResult) => {
  const {framework, title, passed, judged, applicable, controls} = result;
  return {
    framework,
    title,
    posture: {passed, judged, applicable, percent: percentOf(result) ?? null},
    controls: controls.map(({findings, ...control}) => ({
      ...control,
      findings: fingerprints(findings, 'flagged'),
      excepted: fingerprints(findings, 'excepted'),
    })),
  };
};

const fingerprints = (findings: readonly Finding[], status: Finding['status']) =>
  findings.filter(each => each.status === status).map(({fingerprint}) => fingerprint);
