import {safeHtml} from '../../text/safe-html.ts';

/** A connection in a drawing. */
export interface Drawn {
  readonly from: string;
  readonly to: string;
  /** Any text, which says what the line stands for. */
  readonly title: string;
  /** Words of ours: names of classes. */
  readonly classes: string;
  /** Other attributes, each with a space before it, safe as HTML. */
  readonly attributes?: string;
  /** A character in the middle of the line. */
  readonly sign?: string;
}

const nodeWidth = 230;
const nodeHeight = 26;
const gap = 10;
const width = 720;

/**
 * A bipartite graph as SVG: clients on the left, those they reach on the right, in the order of `nodes`. `label` says what
 * it shows.
 */
export function svgGraph(
  label: string,
  nodes: Iterable<string>,
  edges: readonly Drawn[],
  isOutside: (node: string) => boolean,
): string {
  const ordered = [...new Set(nodes)];
  const [sources, targets] = [
    new Set(edges.map(({from}) => from)),
    new Set(edges.map(({to}) => to)),
  ];
  const clients = ordered.filter(each => sources.has(each));
  const servers = ordered.filter(each => targets.has(each));
  const height = Math.max(clients.length, servers.length, 1) * (nodeHeight + gap) + gap;
  const place = (at: number, of: number) =>
    gap + at * (nodeHeight + gap) + ((height - gap - of * (nodeHeight + gap)) / 2 || 0);
  const left = new Map(clients.map((each, at) => [each, place(at, clients.length)]));
  const right = new Map(servers.map((each, at) => [each, place(at, servers.length)]));
  const boxes = [
    ...[...left].map(([each, y]) => node(each, 0, y, isOutside(each))),
    ...[...right].map(([each, y]) => node(each, width - nodeWidth, y, isOutside(each))),
  ];
  const lines = edges.map(edge => line(edge, left.get(edge.from) ?? 0, right.get(edge.to) ?? 0));
  return `<svg class="graph" viewBox="0 0 ${width} ${height}" role="img" aria-label="${safeHtml(label)}">
${[...lines, ...boxes].join('\n')}
</svg>`;
}

/** A curve from the middle of a node at the left to that of one at the right. */
function line({title, classes, attributes = '', sign}: Drawn, from: number, to: number): string {
  const [y1, y2] = [from + nodeHeight / 2, to + nodeHeight / 2];
  const [x1, x2] = [nodeWidth, width - nodeWidth];
  const middle = (x1 + x2) / 2;
  const mark =
    sign === undefined
      ? ''
      : `<text class="sign" x="${middle}" y="${(y1 + y2) / 2 + 4}">${sign}</text>`;
  return `<g class="${classes}"${attributes}><path d="M${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}"><title>${safeHtml(title)}</title></path>${mark}</g>`;
}

const mostCharacters = 34;

function node(name: string, x: number, y: number, isOutside: boolean): string {
  const text = name.length > mostCharacters ? `${name.slice(0, mostCharacters - 1)}…` : name;
  return `<g${isOutside ? ' class="outside"' : ''}><rect x="${x + 1}" y="${y}" width="${nodeWidth - 2}" height="${nodeHeight}" rx="5"/><text x="${x + 9}" y="${y + 17}">${safeHtml(text)}<title>${safeHtml(name)}</title></text></g>`;
}
