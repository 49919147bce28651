import {type Finding, titleOf} from '../findings/finding.ts';
import {type ControlResult, type Posture, percentOf} from '../frameworks/posture.ts';
import {safeMarkdown} from '../text/safe-markdown.ts';
import {counted} from './report.ts';

const mostNamed = 5;

/** For each framework its figure, and for each control what the audit says about it, safe for a terminal. */
export const postureLines = (postures: readonly Posture[]): readonly string[] =>
  postures.flatMap(posture => {
    const {controls} = posture;
    const width = Math.max(...controls.map(({id}) => id.length));
    return [
      posture.title,
      figureOf(posture),
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
export const postureMarkdown = (postures: readonly Posture[]): readonly string[] => [
  '# kube-harden report',
  '',
  ...postures.flatMap(posture => [
    `## ${posture.title}`,
    '',
    figureOf(posture),
    '',
    '| control | asks for | status | detail |',
    '|---|---|---|---|',
    ...posture.controls.map(control => {
      const {id, title, status} = control;
      return `| ${id} | ${title} | ${status} | ${safeMarkdown(detailOf(control))} |`;
    }),
    '',
  ]),
];

function figureOf(posture: Posture): string {
  const {passed, judged, applicable, controls} = posture;
  const percent = percentOf(posture);
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

/** The form of a posture in JSON: findings by their fingerprints. */
export const postureJson = (posture: Posture) => {
  const {framework, title, passed, judged, applicable, controls} = posture;
  return {
    framework,
    title,
    posture: {passed, judged, applicable, percent: percentOf(posture) ?? null},
    controls: controls.map(({findings, ...control}) => ({
      ...control,
      findings: fingerprints(findings, 'flagged'),
      excepted: fingerprints(findings, 'excepted'),
    })),
  };
};

const fingerprints = (findings: readonly Finding[], status: Finding['status']) =>
  findings.filter(each => each.status === status).map(({fingerprint}) => fingerprint);
