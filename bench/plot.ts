import {type Case, figureOf, type Measure, measures, type Report} from './report.ts';

const colours = [
  '#888888',
  '#d62728',
  '#1f77b4',
  '#2ca02c',
  '#9467bd',
  '#ff7f0e',
  '#17becf',
  '#8c564b',
  '#e377c2',
  '#bcbd22',
  '#aec7e8',
];

/** The position of a panel, in pixels. */
const size = {width: 360, height: 300, left: 60, top: 40, gap: 80};

interface Point {
  readonly x: number;
  readonly y: number;
}

/** CPU time and peak memory by the number of documents, both axes logarithmic. */
export function svgOf(report: Report): string {
  const present = report.contenders.filter(({missing}) => missing === undefined);
  const names = present.map(({name}) => name);
  const width = size.left + 2 * (size.width + size.gap) + 60;
  const legend = names.map((name, index) => legendOf(name, index, width - 120));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${size.height + 90}" font-family="sans-serif" font-size="11">`,
    '<rect width="100%" height="100%" fill="white"/>',
    panelOf(report.cases, names, measures.cpu, size.left),
    panelOf(report.cases, names, measures.memory, size.left + size.width + size.gap),
    ...legend,
    '</svg>\n',
  ].join('\n');
}

function panelOf(
  cases: readonly Case[],
  names: readonly string[],
  measure: Measure,
  left: number,
): string {
  const series = names.map(name => pointsOf(cases, name, measure));
  const all = series.flat();
  const x = axisOf(all.map(point => point.x));
  const y = axisOf(all.map(point => point.y));
  const right = left + size.width;
  const bottom = size.top + size.height;
  const acrossOf = (value: number): number => left + x.share(value) * size.width;
  const downOf = (value: number): number => bottom - y.share(value) * size.height;
  return [
    text(left, size.top - 14, measure.title),
    text(left + size.width / 2 - 30, bottom + 34, 'documents'),
    ...x.powers.map(power => line(acrossOf(power), size.top, acrossOf(power), bottom)),
    ...x.powers.map(power => text(acrossOf(power) - 6, bottom + 16, String(power))),
    ...y.powers.map(power => line(left, downOf(power), right, downOf(power))),
    ...y.powers.map(power => text(left - 36, downOf(power) + 4, String(power))),
    ...series.map((points, index) =>
      curveOf(
        points.map(point => ({x: acrossOf(point.x), y: downOf(point.y)})),
        colourOf(index),
      ),
    ),
  ].join('\n');
}

/** The figures of the generated streams, which are the cases with a round number of documents. */
function pointsOf(cases: readonly Case[], name: string, measure: Measure): readonly Point[] {
  return cases.flatMap(({documents, runs}) => {
    const y = figureOf(runs[name] ?? [], measure);
    return y === undefined || !Number.isInteger(Math.log10(documents)) ? [] : {x: documents, y};
  });
}

/** An axis between powers of ten around some values. */
export function axisOf(values: readonly number[]) {
  const logarithms = values.filter(value => value > 0).map(Math.log10);
  const low = Math.floor(Math.min(...logarithms, Number.isFinite(logarithms[0]) ? Infinity : 0));
  const high = Math.max(low + 1, Math.ceil(Math.max(...logarithms, low)));
  return {
    powers: Array.from({length: high - low + 1}, (_, index) => Number(`1e${low + index}`)),
    share: (value: number): number => (Math.log10(Math.max(value, 10 ** low)) - low) / (high - low),
  };
}

function curveOf(points: readonly Point[], colour: string): string {
  const path = points.map(({x, y}) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ');
  return [
    `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"/>`,
    ...points.map(
      ({x, y}) => `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="3" fill="${colour}"/>`,
    ),
  ].join('\n');
}

function legendOf(name: string, index: number, left: number): string {
  const y = size.top + 20 * index + 10;
  return [
    `<rect x="${left}" y="${y - 9}" width="10" height="10" fill="${colourOf(index)}"/>`,
    text(left + 16, y, name),
  ].join('\n');
}

const colourOf = (index: number): string => colours[index % colours.length] ?? 'black';

const line = (x1: number, y1: number, x2: number, y2: number): string =>
  `<line x1="${x1.toFixed(1)}" y1="${y1.toFixed(1)}" x2="${x2.toFixed(1)}" y2="${y2.toFixed(1)}" stroke="#dddddd"/>`;

const text = (x: number, y: number, content: string): string =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}">${content.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</text>`;
