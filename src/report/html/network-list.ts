import {grouped} from '../../text/grouped.ts';
import {safeHtml} from '../../text/safe-html.ts';
import {portsOf} from '../network/ports-text.ts';
import type {ConnectionRow} from './connection-rows.ts';
import {signOf} from './connection-signs.ts';
import type {Nodes} from './nodes.ts';

/** A browser takes long to show more; the other formats have all. */
const mostRows = 5000;

/** The connections to each end as a table. */
export function networkList(
  rows: ReadonlyMap<string, readonly ConnectionRow[]>,
  states: readonly [string, string],
  nodes: Nodes,
): string {
  const tables: string[] = [];
  let [shown, left] = [0, 0];
  for (const [to, own] of rows) {
    const kept = own.slice(0, mostRows - shown);
    shown += kept.length;
    left += own.length - kept.length;
    if (kept.length > 0) tables.push(group(to, kept, states, nodes));
  }
  if (left > 0) tables.push(`<p>${grouped(left)} more rows are not on this page.</p>`);
  return tables.join('\n');
}

function group(
  to: string,
  rows: readonly ConnectionRow[],
  states: readonly [string, string],
  nodes: Nodes,
): string {
  const [isCut, isLeft] = [true, false].map(wanted =>
    rows
      .filter(({change}) => (change === 'cut') === wanted)
      .reduce((sum, {clients}) => sum + clients.length, 0),
  );
  const heads = ['From', ...states.map(state => `Ports: ${state}`), 'Change', 'Why'];
  return `<section class="object card" id="to-${nodes.idOf(to)}">
<header><h3><span class="minor">to</span> ${safeHtml(to)}</h3><span class="minor">${isLeft} open, ${isCut} cut</span></header>
<div class="scroll" tabindex="0" role="group" aria-label="${safeHtml(`Connections to ${to}`)}"><table><thead><tr>${heads.map(head => `<th scope="col">${safeHtml(head)}</th>`).join('')}</tr></thead>
<tbody>${rows.map(row => rowOf(row, nodes)).join('\n')}</tbody></table></div>
</section>`;
}

function rowOf(row: ConnectionRow, nodes: Nodes): string {
  const {id, clients, to, change, before, after, why} = row;
  const ends = [to, ...clients].map(end => nodes.idOf(end)).join(' ');
  return `<tr id="${id}" data-change="${change}" data-workloads="${ends}"><th scope="row">${clientsText(clients)}</th><td>${safeHtml(portsOf(before))}</td><td>${safeHtml(portsOf(after))}</td><td class="${change}"><span aria-hidden="true">${signOf[change]}</span> ${change}</td><td>${safeHtml(why)}</td></tr>`;
}

/** More names are shown when that is asked for. */
const mostClients = 8;

function clientsText(clients: readonly string[]): string {
  const names = clients.map(safeHtml).join(', ');
  return clients.length <= mostClients
    ? names
    : `<details><summary>${clients.length} workloads and groups</summary>${names}</details>`;
}
