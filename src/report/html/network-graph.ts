import type {PlacedEdge} from '../../network-report.ts';
import {safeHtml} from '../../text/safe-html.ts';
import {portsText} from '../network/ports-text.ts';

/** More edges are a knot that nobody can read: `kube-harden network` lists them. */
const mostEdges = 300;

const nodeWidth = 230;
const nodeHeight = 26;
const gap = 10;
const width = 720;

/**
 * Who can reach whom as SVG: clients on the left, those they reach on the right. What comes from outside the stream is
 * marked. A list says the same for those who cannot see it.
 */
export function networkGraph(name: string, edges: readonly PlacedEdge[]): string {
  const shown = edges.slice(0, mostEdges);
  const clients = [...new Set(shown.map(({from}) => from))];
  const servers = [...new Set(shown.map(({to}) => to))];
  const height = Math.max(clients.length, servers.length, 1) * (nodeHeight + gap) + gap;
  const place = (at: number, of: number) =>
    gap + at * (nodeHeight + gap) + ((height - gap - of * (nodeHeight + gap)) / 2 || 0);
  const left = new Map(clients.map((each, at) => [each, place(at, clients.length)]));
  const right = new Map(servers.map((each, at) => [each, place(at, servers.length)]));
  // Workloads are named after their kinds; who else connects is not in the stream.
  const isOutside = (client: string) => !client.includes('/');
  const lines = shown.map(edge => {
    const [y1, y2] = [left.get(edge.from) ?? 0, right.get(edge.to) ?? 0].map(
      y => y + nodeHeight / 2,
    ) as [number, number];
    const [x1, x2] = [nodeWidth, width - nodeWidth];
    const middle = (x1 + x2) / 2;
    const title = safeHtml(`${edge.from} → ${edge.to}: ${portsText(edge)}`);
    return `<g class="${isOutside(edge.from) ? 'from-outside' : 'inside'}"><path d="M${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}"><title>${title}</title></path></g>`;
  });
  const nodes = [
    ...[...left].map(([each, y]) => node(each, 0, y, isOutside(each))),
    ...[...right].map(([each, y]) => node(each, width - nodeWidth, y, false)),
  ];
  const more =
    edges.length > mostEdges ? `<p>${edges.length - mostEdges} more are not drawn.</p>` : '';
  return `<figure>
<figcaption><strong>${safeHtml(name)}</strong>, ${edges.length === 1 ? '1 connection' : `${edges.length} connections`}</figcaption>
<svg class="graph" viewBox="0 0 ${width} ${height}" role="img" aria-label="${safeHtml(`Who can reach whom, ${name}: the list below says the same`)}">
${[...lines, ...nodes].join('\n')}
</svg>
${more}<details><summary>As a list</summary><ul>
${shown.map(edge => `<li>${safeHtml(`${edge.from} → ${edge.to}: ${portsText(edge)}`)}</li>`).join('\n')}
</ul></details>
</figure>`;
}

function node(name: string, x: number, y: number, isOutside: boolean): string {
  const most = 34;
  const text = name.length > most ? `${name.slice(0, most - 1)}…` : name;
  return `<g${isOutside ? ' class="outside"' : ''}><rect x="${x + 1}" y="${y}" width="${nodeWidth - 2}" height="${nodeHeight}" rx="5"/><text x="${x + 9}" y="${y + 17}">${safeHtml(text)}<title>${safeHtml(name)}</title></text></g>`;
}
