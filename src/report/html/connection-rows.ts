import type {Connection} from '../../network-changes.ts';
import {whyText} from '../network/formats.ts';
import type {Nodes} from './nodes.ts';

/** Connections to one end that are the same in all but the client. */
export interface ConnectionRow extends Omit<Connection, 'from' | 'why'> {
  /** A name in attributes. */
  readonly id: string;
  readonly clients: readonly string[];
  readonly why: string;
}

/** The rows for each end, in the order of the nodes; what was cut is last. */
export function connectionRows(
  connections: readonly Connection[],
  nodes: Nodes,
): ReadonlyMap<string, readonly ConnectionRow[]> {
  const groups = new Map<string, Map<string, Omit<ConnectionRow, 'id'> & {clients: string[]}>>(
    nodes.names.map(name => [name, new Map()]),
  );
  for (const {from, to, change, before, after, why: reasons} of connections) {
    const why = whyText(reasons);
    const key = JSON.stringify([change, before, after, why]);
    const group = groups.get(to);
    const known = group?.get(key);
    if (known !== undefined) known.clients.push(from);
    else {
      const ports = {...(before && {before}), ...(after && {after})};
      group?.set(key, {to, change, ...ports, why, clients: [from]});
    }
  }
  return new Map(
    [...groups]
      .filter(([, group]) => group.size > 0)
      .map(([to, group]) => {
        const rows = [...group.values()].sort((one, other) => rank(one) - rank(other));
        return [to, rows.map((row, at) => ({...row, id: `row-${nodes.idOf(to)}-${at}`}))];
      }),
  );
}

const rank = ({change}: Pick<Connection, 'change'>): number => Number(change === 'cut');
