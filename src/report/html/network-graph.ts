import type {PlacedEdge} from '../../network-report.ts';
import {safeHtml} from '../../text/safe-html.ts';
import {portsText} from '../network/ports-text.ts';
import {svgGraph} from './svg-graph.ts';

/** More edges are a knot that nobody can read: `kube-harden network` lists them. */
const mostEdges = 300;

/**
 * Who can reach whom as SVG: clients on the left, those they reach on the right. What comes from outside the stream is
 * marked. A list says the same for those who cannot see it.
 */
export function networkGraph(name: string, edges: readonly PlacedEdge[]): string {
  const shown = edges.slice(0, mostEdges);
  const text = (edge: PlacedEdge) => `${edge.from} → ${edge.to}: ${portsText(edge)}`;
  const clients = new Set(shown.map(({from}) => from).filter(isGroup));
  const drawn = shown.map(edge => ({
    ...edge,
    title: text(edge),
    classes: clients.has(edge.from) ? 'from-outside' : 'inside',
  }));
  const more =
    edges.length > mostEdges ? `<p>${edges.length - mostEdges} more are not drawn.</p>` : '';
  return `<figure>
<figcaption><strong>${safeHtml(name)}</strong>, ${edges.length === 1 ? '1 connection' : `${edges.length} connections`}</figcaption>
${svgGraph(
  `Who can reach whom, ${name}: the list below says the same`,
  shown.flatMap(({from, to}) => [from, to]),
  drawn,
  each => clients.has(each),
)}
${more}<details><summary>As a list</summary><ul>
${shown.map(edge => `<li>${safeHtml(text(edge))}</li>`).join('\n')}
</ul></details>
</figure>`;
}

/** Nodes of workloads are named after their kinds; the others stand for who is not in the stream. */
const isGroup = (node: string): boolean => !/^[A-Z]\w*\/\S+$/.test(node);
