import type {Resource} from '../kubernetes/resource.ts';
import type {StableNames} from '../kubernetes/stable-names.ts';
import type {StreamIndex} from '../kubernetes/stream-index.ts';
import type {Workload} from '../kubernetes/workload.ts';
import {ReachGraph} from '../network/reach/graph.ts';
import {nodeOf} from '../network/reach/graph-nodes.ts';
import type {Severity} from '../severity.ts';
import type {Fact} from './posture.ts';

export interface Reach {
  readonly reachableFrom: readonly Fact[];
  readonly connectsTo: readonly Fact[];
}

/** More workloads than these, with the same ports, are one line. */
const mostNamed = 20;

/**
 * Who can reach each workload of a stream on which ports, and which addresses and pods outside of it
 * the workload can connect to.
 */
export function reachOf(stream: StreamIndex, names: StableNames): ReadonlyMap<Resource, Reach> {
  const nodes = new Map<string, Workload[]>();
  for (const workload of stream.workloads) {
    const node = nodeOf(workload);
    const same = nodes.get(node);
    if (same === undefined) nodes.set(node, [workload]);
    else same.push(workload);
  }
  const inward = new Map<string, Map<string, Set<string>>>();
  const outward = new Map<string, Map<string, Set<string>>>();
  for (const {from, to, ports} of new ReachGraph(stream, () => undefined).edges()) {
    const on = ports.length === 0 ? 'every port' : ports.toSorted().join(', ');
    if (nodes.has(to)) add(inward, to, on, from);
    else add(outward, from, on, to);
  }
  const textOf = (node: string) => {
    const [workload] = nodes.get(node) ?? [];
    return workload === undefined ? inOrder(names.inText(node)) : names.titleOf(workload.resource);
  };
  const reach = new Map<Resource, Reach>();
  for (const [node, workloads] of nodes) {
    const found = {
      reachableFrom: factsOf(inward.get(node), textOf, nodes),
      connectsTo: factsOf(outward.get(node), textOf, nodes).map(
        (fact): Fact => ({...fact, severity: 'low'}),
      ),
    };
    for (const {resource} of workloads) reach.set(resource, found);
  }
  return reach;
}

function add(
  ends: Map<string, Map<string, Set<string>>>,
  node: string,
  on: string,
  other: string,
): void {
  const byPorts = ends.get(node) ?? new Map<string, Set<string>>();
  ends.set(node, byPorts);
  const others = byPorts.get(on) ?? new Set<string>();
  byPorts.set(on, others);
  others.add(other);
}

function factsOf(
  byPorts: ReadonlyMap<string, ReadonlySet<string>> = new Map(),
  textOf: (node: string) => string,
  workloads: ReadonlyMap<string, unknown>,
): readonly Fact[] {
  return [...byPorts].flatMap(([on, others]) => {
    const named = [...others].filter(each => workloads.has(each));
    const shown =
      named.length > mostNamed ? [...others].filter(each => !workloads.has(each)) : others;
    const facts = [...shown].map(
      (node): Fact => ({text: `${textOf(node)} on ${on}`, severity: severityOf(node)}),
    );
    if (named.length > mostNamed) {
      facts.push({text: `more than ${mostNamed} workloads on ${on}`, severity: 'low'});
    }
    return facts;
  });
}

/** From anywhere is the worst; what is named is the mildest. */
function severityOf(node: string): Severity {
  if (/^(?:anywhere$|0\.0\.0\.0\/0|::\/0)/.test(node)) return 'high';
  return node.startsWith('any pod of ') ? 'medium' : 'low';
}

/**
 * The text of a selector with its labels in order, because an API server sorts them, and without the
 * number of workloads that it selects.
 */
function inOrder(text: string): string {
  const node = text.replace(/ \(\d+ workloads\)$/, '');
  const [, before = '', pods = '', of = '', namespaces = ''] =
    /^((?:any )?pods? ?)(.*)( of (?:the namespace|the cluster|namespaces ))(.*)$/s.exec(node) ?? [];
  return before === '' ? node : `${before}${sortedParts(pods)}${of}${sortedParts(namespaces)}`;
}

/** Commas within brackets separate the values of one label. */
const sortedParts = (selector: string): string =>
  selector
    .split(/,(?![^(]*\))/)
    .sort()
    .join(',');
