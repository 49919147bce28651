import test from 'ava';
import type {Run} from '../../bench/measure.ts';
import {axisOf, svgOf} from '../../bench/plot.ts';
import {measures, type Report} from '../../bench/report.ts';
import {markdownOf, tableOf} from '../../bench/table.ts';

const run = (cpuSeconds: number, outcome = 'ok'): Run => ({
  outcome,
  wallSeconds: 2 * cpuSeconds,
  cpuSeconds,
  peakBytes: 50e6,
});

const report: Report = {
  date: '2026-01-01 00:00',
  machine: {Node: 'v20'},
  contenders: [
    {name: 'us', version: '1', does: 'all'},
    {name: 'slow', version: '2', does: 'some'},
    {name: 'refusing', version: '3', does: 'little'},
    {name: 'absent', version: '', does: 'nothing', missing: 'ABSENT names no <executable> | file'},
  ],
  cases: [
    {
      name: '10',
      documents: 10,
      bytes: 1000,
      load: 0.5,
      runs: {us: [run(0.3), run(0.1), run(0.2)], slow: [run(1), run(2)], refusing: [run(0)]},
    },
    {
      name: '1,000',
      documents: 1000,
      bytes: 100_000,
      load: 0.5,
      runs: {us: [run(1)], slow: [run(120, 'over 120 s')], refusing: []},
    },
  ],
};

test('a row for each contender that took part, with medians or what came in their place', t => {
  t.is(
    tableOf(report, measures.cpu),
    [
      '|  | 10 | 1,000 |',
      '| --- | ---: | ---: |',
      '| us | 0.200 | 1.000 |',
      '| slow | 1.500 | over 120 s |',
      '| refusing | 0.000 | not run |',
    ].join('\n'),
  );
});

test('who took no part is named with the reason', t => {
  t.true(
    markdownOf(report).includes(
      '| absent |  | took no part: ABSENT names no \\<executable\\> \\| file |',
    ),
  );
});

test('an axis goes from power of ten to power of ten', t => {
  const {powers, share} = axisOf([0.02, 3]);
  t.deepEqual(powers, [0.01, 0.1, 1, 10]);
  t.deepEqual([0.01, 10].map(share), [0, 1]);
});

test('the plot has a curve for each contender in both panels, with a dot for each median', t => {
  const svg = svgOf(report);
  t.is(svg.match(/<polyline /g)?.length, 6);
  t.is(svg.match(/<circle /g)?.length, 8);
  t.notRegex(svg, /NaN|Infinity|undefined/);
});
