import {everyPod, everywhere, isRange} from './network/reach/graph-nodes.ts';
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
  /** Whose ends they are, if several targets are compared. */
  readonly target?: string;
}

/** A connection of either state. */
export type Connection = Omit<ConnectionChange, 'change'> & {
  readonly change: ConnectionChange['change'] | 'kept';
};

const inOrder = ['cut', 'changed', 'opened'] as const;

/** The changes from one state to another, in the order of both; what was cut comes first. */
export function changesBetween(
  before: readonly Reach[],
  after: readonly Reach[],
): readonly ConnectionChange[] {
  const found = connectionsBetween(before, after);
  return inOrder.flatMap(change =>
    found.flatMap(each => (each.change === change ? [{...each, change}] : [])),
  );
}

/** The changes of several targets, each compared on its own: their workloads may have the same names. What was cut comes first. */
export function changesOfEach(
  targets: readonly {readonly name: string; readonly before: Reach; readonly after: Reach}[],
): readonly ConnectionChange[] {
  const found = targets.flatMap(({name, before, after}) => {
    const changes = changesBetween([before], [after]);
    return targets.length === 1 ? changes : changes.map(each => ({...each, target: name}));
  });
  return inOrder.flatMap(change => found.filter(each => each.change === change));
}

/**
 * The connections of two states, in the order of both. One that a state admits as part of a wider
 * one, such as `anywhere`, is compared with that.
 */
export function connectionsBetween(
  before: readonly Reach[],
  after: readonly Reach[],
): readonly Connection[] {
  const [old, now] = [new State(before), new State(after)];
  const keys = new Map([...old.edges, ...now.edges]);
  return [...keys].map(([key, {from, to}]): Connection => {
    const [was, is] = [old.find(key, from, to), now.find(key, from, to)];
    const why = (is ?? was)?.why ?? [];
    if (was === undefined) return {from, to, change: 'opened', after: is?.ports ?? [], why};
    if (is === undefined) return {from, to, change: 'cut', before: was.ports, why};
    const change = isSame(was.ports, is.ports) ? 'kept' : 'changed';
    return {from, to, change, before: was.ports, after: is.ports, why};
  });
}

/** What one state admits. */
class State {
  /** Each pair of ends once, with all of its ports. */
  readonly edges: ReadonlyMap<string, PlacedEdge>;
  readonly #workloads: ReadonlySet<string>;

  constructor(reaches: readonly Reach[]) {
    const edges = new Map<string, PlacedEdge>();
    for (const edge of reaches.flatMap(({pairs, outer}) => [...pairs, ...outer])) {
      const key = keyOf(edge.from, edge.to);
      const known = edges.get(key);
      edges.set(key, known === undefined ? edge : joined(known, edge));
    }
    this.edges = edges;
    this.#workloads = new Set(reaches.flatMap(({workloads}) => workloads));
  }

  /** The connection, or the wider one that it is part of. Its reasons are those of the end that admits all, if there are no others. */
  find(key: string, from: string, to: string): PlacedEdge | undefined {
    const found = this.edges.get(key);
    if (found !== undefined) {
      return found.why.length > 0 ? found : {...found, why: this.#in(to)?.why ?? []};
    }
    const [isFromOwn, isToOwn] = [from, to].map(end => this.#workloads.has(end));
    if (!isFromOwn) return isToOwn ? (this.#in(to) ?? this.#fromPods(from, to)) : undefined;
    const outward = this.edges.get(keyOf(from, everywhere));
    if (!isToOwn || outward === undefined) return outward;
    // Two workloads need both ends, and only a state without pairs leaves them to wider ones.
    return outward.ports.length === 0 ? this.#in(to) : undefined;
  }

  /** A group of pods may be part of all pods. */
  #fromPods(from: string, to: string): PlacedEdge | undefined {
    const isGroup = from !== everywhere && !isRange(from);
    return isGroup ? this.edges.get(keyOf(everyPod, to)) : undefined;
  }

  #in(to: string): PlacedEdge | undefined {
    return this.edges.get(keyOf(everywhere, to));
  }
}

const keyOf = (from: string, to: string): string => JSON.stringify([from, to]);

function joined(one: PlacedEdge, other: PlacedEdge): PlacedEdge {
  const isEvery = one.ports.length === 0 || other.ports.length === 0;
  const ports = isEvery ? [] : [...new Set([...one.ports, ...other.ports])];
  return {...one, ports, why: [...one.why, ...other.why]};
}

const isSame = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every(port => other.includes(port));
