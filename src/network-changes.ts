import type {PlacedEdge, PlacedEvidence, Reach} from './network-report.ts';

/** How a connection differs between two states. */
export interface ConnectionChange {
  readonly from: string;
  readonly to: string;
  readonly change: 'cut' | 'opened' | 'changed';
  /** The ports in the first state; an empty list stands for every port. Absent if there were none. */
  readonly before?: readonly string[];
  /** The same in the second state. */
  readonly after?: readonly string[];
  /** Why it was possible, or is now. */
  readonly why: readonly PlacedEvidence[];
}

/** The changes from one state to another, in the order of both; what was cut comes first. */
export function changesBetween(
  before: readonly Reach[],
  after: readonly Reach[],
): readonly ConnectionChange[] {
  const [old, now] = [connectionsIn(before), connectionsIn(after)];
  const cut: ConnectionChange[] = [];
  const changed: ConnectionChange[] = [];
  for (const [key, {from, to, ports, why}] of old) {
    const left = now.get(key);
    if (left === undefined) cut.push({from, to, change: 'cut', before: ports, why});
    else if (!isSame(ports, left.ports)) {
      changed.push({from, to, change: 'changed', before: ports, after: left.ports, why: left.why});
    }
  }
  const opened = [...now]
    .filter(([key]) => !old.has(key))
    .map(([, {from, to, ports, why}]) => ({
      from,
      to,
      change: 'opened' as const,
      after: ports,
      why,
    }));
  return [...cut, ...changed, ...opened];
}

/** Each pair of ends once, with all of its ports. */
function connectionsIn(reaches: readonly Reach[]): ReadonlyMap<string, PlacedEdge> {
  const found = new Map<string, PlacedEdge>();
  for (const edge of reaches.flatMap(({pairs, outer}) => [...pairs, ...outer])) {
    const key = JSON.stringify([edge.from, edge.to]);
    const known = found.get(key);
    found.set(key, known === undefined ? edge : joined(known, edge));
  }
  return found;
}

function joined(one: PlacedEdge, other: PlacedEdge): PlacedEdge {
  const isEvery = one.ports.length === 0 || other.ports.length === 0;
  const ports = isEvery ? [] : [...new Set([...one.ports, ...other.ports])];
  return {...one, ports, why: [...one.why, ...other.why]};
}

const isSame = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every(port => other.includes(port));
