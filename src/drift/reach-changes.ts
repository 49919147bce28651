import {everyPod, everywhere, isRange} from '../network/reach/graph-nodes.ts';
import type {ListChange} from './change.ts';
import type {Fact} from './posture.ts';

/** A line such as `anywhere on TCP 80, TCP 443`. */
interface Way {
  readonly fact: Fact;
  readonly end: string;
  /** Empty for every port. */
  readonly ports: readonly string[];
}

/**
 * New and former ways to connect. A way that another one already covers is no change: if pods can be
 * reached from anywhere, it does not matter who else is named.
 */
export function* reachChanges(
  before: readonly Fact[],
  after: readonly Fact[],
): Iterable<ListChange> {
  const [former, current] = [before.map(wayOf), after.map(wayOf)];
  for (const {fact} of beyond(former, current)) {
    yield {direction: 'worse', severity: fact.severity, text: fact.text};
  }
  for (const {fact} of beyond(current, former)) {
    yield {direction: 'better', severity: fact.severity, text: fact.text};
  }
}

function wayOf(fact: Fact): Way {
  const at = fact.text.lastIndexOf(' on ');
  const ports = fact.text.slice(at + 4);
  return {
    fact,
    end: fact.text.slice(0, at),
    ports: ports === 'every port' ? [] : ports.split(', '),
  };
}

/** The ways in `others` that none in `ways` covers. */
function beyond(ways: readonly Way[], others: readonly Way[]): readonly Way[] {
  const byEnd = new Map<string, Way[]>();
  for (const way of ways) {
    const same = byEnd.get(way.end);
    if (same === undefined) byEnd.set(way.end, [way]);
    else same.push(way);
  }
  return others.filter(way => {
    const covering = [way.end, everyPod, everywhere]
      .filter(end => end === way.end || end === everywhere || arePods(way.end))
      .flatMap(end => byEnd.get(end) ?? []);
    if (covering.some(({ports}) => ports.length === 0)) return false;
    const covered = new Set(covering.flatMap(({ports}) => ports));
    return way.ports.length === 0 || way.ports.some(port => !covered.has(port));
  });
}

/** Addresses are not pods, and neither is everything. */
const arePods = (end: string): boolean => end !== everywhere && !isRange(end);
