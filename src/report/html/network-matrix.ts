import type {Connection} from '../../network-changes.ts';
import {safeHtml} from '../../text/safe-html.ts';
import {portsOf} from '../network/ports-text.ts';
import type {ConnectionRow} from './connection-rows.ts';
import {connectionKinds, signOf} from './connection-signs.ts';
import type {Nodes} from './nodes.ts';

/** A larger matrix fits no screen. */
const mostNodes = 60;

/** Who can reach whom as a matrix: a row for each client, a column for each end. Its cells lead to the tables. */
export function networkMatrix(
  connections: readonly Connection[],
  nodes: Nodes,
  rows: ReadonlyMap<string, readonly ConnectionRow[]>,
): string {
  const ends = nodes.names.filter(name => rows.has(name));
  const byClient = new Map<string, Map<string, Connection>>();
  for (const each of connections) {
    const known = byClient.get(each.from) ?? new Map<string, Connection>();
    byClient.set(each.from, known.set(each.to, each));
  }
  const clients = nodes.names.filter(name => byClient.has(name));
  if (clients.length < 2 || Math.max(clients.length, ends.length) > mostNodes) return '';
  const places = placesIn(rows);
  const cells = clients.map(client => {
    const own = ends.map(end => cell(byClient.get(client)?.get(end), places));
    return `<tr><th scope="row">${safeHtml(client)}</th>${own.join('')}</tr>`;
  });
  const heads = ends.map(
    end => `<th scope="col"><a href="#to-${nodes.idOf(end)}">${safeHtml(end)}</a></th>`,
  );
  const legend = connectionKinds.map(
    kind => `<span class="${kind}"><span aria-hidden="true">${signOf[kind]}</span> ${kind}</span>`,
  );
  return `<figure class="card"><figcaption class="minor">A row for each client, a column for what it reaches: ${legend.join(', ')}. Arrow keys move among the cells.</figcaption>
<div class="scroll" tabindex="0" role="group" aria-label="Matrix"><table class="matrix"><thead><tr><td></td>${heads.join('')}</tr></thead>
<tbody>${cells.join('\n')}</tbody></table></div></figure>`;
}

/** The row of each connection. */
function placesIn(
  rows: ReadonlyMap<string, readonly ConnectionRow[]>,
): ReadonlyMap<string, ReadonlyMap<string, string>> {
  return new Map(
    [...rows].map(([to, own]) => [
      to,
      new Map(own.flatMap(({id, clients}) => clients.map(client => [client, id] as const))),
    ]),
  );
}

function cell(
  connection: Connection | undefined,
  places: ReadonlyMap<string, ReadonlyMap<string, string>>,
): string {
  if (connection === undefined) return '<td></td>';
  const {from, to, change, before, after} = connection;
  const text = `${change}: ${from} to ${to}, ${portsOf(before)} → ${portsOf(after)}`;
  return `<td><a class="${change}" href="#${places.get(to)?.get(from) ?? ''}" tabindex="-1" title="${safeHtml(text)}" aria-label="${safeHtml(text)}">${signOf[change]}</a></td>`;
}
