import type {Connection} from '../../network-changes.ts';
import {grouped} from '../../text/grouped.ts';
import {safeHtml} from '../../text/safe-html.ts';
import {tool} from '../report.ts';
import {connectionRows} from './connection-rows.ts';
import {connectionKinds, signOf} from './connection-signs.ts';
import {controlsStyle} from './controls-style.ts';
import {filterScript} from './filter-script.ts';
import {boxes, choice, searchField} from './filters.ts';
import {gridScript} from './grid-script.ts';
import {networkList} from './network-list.ts';
import {networkMap} from './network-map.ts';
import {networkMatrix} from './network-matrix.ts';
import {networkStyle} from './network-style.ts';
import {Nodes} from './nodes.ts';
import {htmlDocument} from './shell.ts';

/** What the connections of some targets are in two states. */
export interface NetworkView {
  /** The names of the two states. */
  readonly states: readonly [before: string, after: string];
  readonly targets: readonly ViewedTarget[];
}

export interface ViewedTarget {
  readonly name: string;
  readonly workloads: readonly string[];
  readonly connections: readonly Connection[];
}

/** Who can reach whom in two states as one page of HTML, which loads nothing. */
export function toNetworkPage({states, targets}: NetworkView): string {
  const all = targets.flatMap(({connections}) => connections);
  const nodes = targets.map((target, at) => new Nodes(target, at));
  return htmlDocument({
    title: `kube-harden network: ${states.join(' and ')}`,
    style: `${controlsStyle}${networkStyle}`,
    script: `${filterScript}${gridScript}`,
    body: [
      '<a class="skip" href="#connections">To the connections</a>',
      `<header><h1>Who can reach whom</h1><p class="minor">${safeHtml(states.join(' → '))}</p></header>`,
      '<main>',
      counts(all),
      filters(all, nodes),
      '<div id="connections" tabindex="-1">',
      ...targets.map((target, at) => section(target, states, nodes[at] ?? new Nodes(target, at))),
      '</div>',
      '</main>',
      `<footer class="minor">kube-harden ${safeHtml(tool.version)}</footer>`,
    ].join('\n'),
  });
}

const counts = (all: readonly Connection[]): string =>
  `<ul class="counts">${connectionKinds
    .map(change => {
      const count = all.filter(each => each.change === change).length;
      return `<li class="card"><b class="${change}"><span aria-hidden="true">${signOf[change]}</span> ${grouped(count)}</b> ${change}</li>`;
    })
    .join('')}</ul>`;

function filters(all: readonly Connection[], nodes: readonly Nodes[]): string {
  const present = new Set(all.map(({change}) => change));
  const named = nodes.flatMap(each => each.listed(nodes.length > 1));
  return `<form id="filters" class="filters card" data-items="tr[data-change]" data-drawn="g[data-change]" data-name="rows" hidden>
${boxes(
  'change',
  connectionKinds.filter(change => present.has(change)),
)}
${choice(
  'workload',
  'Workload or group',
  named.map(({id}) => id),
  named.map(({name}) => name),
)}
${searchField}
<button type="reset">Reset</button>
<output id="shown" aria-live="polite"></output>
</form>`;
}

function section(target: ViewedTarget, states: NetworkView['states'], nodes: Nodes): string {
  const rows = connectionRows(target.connections, nodes);
  return `<h2>${safeHtml(target.name)}</h2>
${target.connections.length === 0 ? '<p>No connections.</p>' : ''}${networkMap(target.connections, nodes)}
${networkMatrix(target.connections, nodes, rows)}
${networkList(rows, states, nodes)}`;
}
