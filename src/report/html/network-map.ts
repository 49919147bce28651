import {everywhere} from '../../network/reach/graph-nodes.ts';
import type {Connection} from '../../network-changes.ts';
import {portsOf} from '../network/ports-text.ts';
import {signOf} from './connection-signs.ts';
import type {Nodes} from './nodes.ts';
import {svgGraph} from './svg-graph.ts';

/** More lines are a knot that nobody can read. */
const mostDrawn = 150;
/** Cut connections between workloads are drawn for one workload at a time: this many lines are in the page. */
const mostLines = 1500;

/**
 * The connections that are left, and those to and from outside that were cut, as a drawing. A cut connection between
 * two workloads is drawn when one of the two is chosen.
 */
export function networkMap(connections: readonly Connection[], nodes: Nodes): string {
  const isPair = ({from, to}: Connection) => !nodes.isOutside(from) && !nodes.isOutside(to);
  const isLater = (each: Connection) => each.change === 'cut' && isPair(each);
  const isUsual = ({to, change}: Connection) => change === 'kept' && to === everywhere;
  const first = connections.filter(each => !isLater(each) && !isUsual(each));
  if (first.length === 0 || first.length > mostDrawn) return '';
  const later = connections.filter(isLater);
  const drawn = [...later.slice(0, Math.max(0, mostLines - first.length)), ...first];
  const lines = drawn.map(each => {
    const {from, to, change, before, after} = each;
    const attributes = ` data-change="${change}" data-workloads="${nodes.idOf(from)} ${nodes.idOf(to)}"${isLater(each) ? ' data-only-with="workload" hidden' : ''}`;
    const title = `${from} → ${to}: ${change}; ${portsOf(before)} → ${portsOf(after)}`;
    const sign = change === 'cut' ? {sign: signOf.cut} : {};
    return {from, to, title, classes: change, attributes, ...sign};
  });
  const label =
    'The connections that are left, and those to and from outside that are cut: the tables below say the same';
  const hints = [
    ...(connections.some(isUsual) ? ['Unchanged connections to anywhere are left out.'] : []),
    ...(later.length === 0
      ? []
      : [
          `Cut connections between two workloads (${later.length}) are drawn when one of the two is chosen above.`,
        ]),
  ];
  return `<figure class="card"><figcaption class="minor">Clients on the left, what they reach on the right. ${signOf.cut} and a broken line: cut. ${hints.join(' ')}</figcaption>
<div class="scroll" tabindex="0" role="group" aria-label="Map">${svgGraph(label, nodes.names, lines, nodes.isOutside)}</div></figure>`;
}
