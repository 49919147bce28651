import {type Case, figureOf, type Measure, measures, type Report} from './report.ts';

/**
 * The whole report as Markdown: the machine, a table for each measure, and the tools that did not
 * take part.
 */
export function markdownOf(report: Report): string {
  return [
    '# Results',
    'Written by `npm run bench`; [what is compared, and how](../README.md).',
    machineOf(report),
    '![CPU time and memory by the number of documents](results.svg)',
    ...Object.values(measures).flatMap(measure => [
      `## ${measure.title}`,
      tableOf(report, measure),
    ]),
    '## Who did what',
    contendersOf(report),
    '',
  ].join('\n\n');
}

/**
 * One row per contender, one column per case, with the median of the runs, or the highest for
 * memory.
 */
export function tableOf({contenders, cases}: Report, measure: Measure): string {
  const present = contenders.filter(({missing}) => missing === undefined);
  return [
    rowOf(['', ...cases.map(({name}) => name)]),
    rowOf(['---', ...cases.map(() => '---:')]),
    ...present.map(({name}) => rowOf([name, ...cases.map(aCase => cellOf(aCase, name, measure))])),
  ].join('\n');
}

function cellOf({runs}: Case, name: string, measure: Measure): string {
  const own = Object.hasOwn(runs, name) ? (runs[name] ?? []) : [];
  const figure = figureOf(own, measure);
  if (figure !== undefined) return figure.toFixed(measure.digits);
  return own.find(({outcome}) => outcome !== 'ok')?.outcome ?? 'not run';
}

function machineOf({date, machine, cases}: Report): string {
  const loads = cases.map(({name, load}) => `${name} ${load.toFixed(1)}`).join(', ');
  return [
    rowOf(['', '']),
    rowOf(['---', '---']),
    rowOf(['date', date]),
    ...Object.entries(machine).map(([name, value]) => rowOf([name, value])),
    rowOf(['load average before each case', loads]),
    rowOf(['runs at most', cases.map(aCase => `${aCase.name} ${mostRuns(aCase)}`).join(', ')]),
  ].join('\n');
}

const mostRuns = ({runs}: Case): number =>
  Math.max(0, ...Object.values(runs).map(({length}) => length));

function contendersOf({contenders}: Report): string {
  return [
    rowOf(['', 'version', 'does']),
    rowOf(['---', '---', '---']),
    ...contenders.map(({name, version, does, missing}) =>
      rowOf([name, version, missing === undefined ? does : `took no part: ${missing}`]),
    ),
  ].join('\n');
}

const rowOf = (cells: readonly string[]): string =>
  `| ${cells.map(cell => cell.replaceAll(/[|<>\\`]/g, '\\$&').replaceAll(/\s+/g, ' ')).join(' | ')} |`;
