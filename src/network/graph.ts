import {asList, asMap, asString, type Json, type JsonMap, type Path, valueAt} from '../json.ts';
import {type Direction, governs, networkPoliciesOf} from '../kubernetes/isolation.ts';
import type {PodSelection} from '../kubernetes/pod-selection.ts';
import type {Resource} from '../kubernetes/resource.ts';
import type {StreamIndex} from '../kubernetes/stream-index.ts';
import type {Workload} from '../kubernetes/workload.ts';
import type {Evidence} from './connection.ts';
import {namespaceOf, nodeOf, podsText} from './graph-nodes.ts';
import {portText} from './port-text.ts';

/** That one end can reach the other, on which ports, and what allows it. */
export interface Edge {
  readonly from: string;
  readonly to: string;
  /** Empty where every port is meant. */
  readonly ports: readonly string[];
  readonly why: readonly Evidence[];
}

/** Whom a peer of a policy's rule means. */
interface SeenPeer {
  /** The workloads of the stream that a peer selects, or undefined where it is no such selector. */
  readonly workloads?: ReadonlySet<Workload>;
  readonly node: string;
  /** Whether it holds pods of the cluster that have not been seen. */
  readonly isCluster: boolean;
}

/** A peer of one rule of one policy, with what the rule admits. */
interface Grant extends SeenPeer {
  readonly ports: readonly string[];
  readonly why: readonly Evidence[];
}

/** Why a rule of a policy is there, and what its peers are called, where that is known. */
export type RuleReasons = (
  policy: Resource,
  direction: Direction,
  rule: number,
) => {readonly why: readonly Evidence[]; readonly name?: string} | undefined;

const everywhere = 'anywhere';
/** A peer that selects more of the stream's workloads than that is shown as one node, with their number. */
const mostWorkloads = 30;

/**
 * Who can reach whom, as the NetworkPolicies of the stream have it: for each workload, who may
 * connect to it, less those of the stream whose own way out is closed to it; and where it may
 * connect to beyond the stream.
 */
export class ReachGraph {
  readonly #workloads: readonly Workload[];
  readonly #pods: PodSelection;
  readonly #peers = new Map<string, SeenPeer>();
  readonly #reasons: RuleReasons;
  readonly #grants: {readonly [direction in Direction]: ReadonlyMap<Workload, readonly Grant[]>};

  constructor(stream: StreamIndex, reasons: RuleReasons) {
    this.#workloads = stream.workloads;
    this.#pods = stream.pods;
    this.#reasons = reasons;
    const policies = networkPoliciesOf(stream);
    this.#grants = {
      ingress: this.#grantsIn('ingress', policies),
      egress: this.#grantsIn('egress', policies),
    };
  }

  /** In the order of the stream's workloads: the ways in to each, then the ways out of each. */
  edges(): readonly Edge[] {
    return merged([
      ...this.#workloads.flatMap(workload => this.#waysIn(workload)),
      ...this.#workloads.flatMap(workload => this.#waysOut(workload)),
    ]);
  }

  #waysIn(to: Workload): readonly Edge[] {
    const grants = this.#grants.ingress.get(to);
    if (grants === undefined) return [open(everywhere, nodeOf(to), to, ungoverned('ingress', to))];
    return grants.flatMap(({node, workloads, ports, why}) => {
      if (workloads === undefined) return [{from: node, to: nodeOf(to), ports, why}];
      return [...workloads].flatMap(from => {
        const admitted = this.#admittedOut(from, to, ports);
        return admitted === undefined
          ? []
          : [{from: nodeOf(from), to: nodeOf(to), ports: admitted, why}];
      });
    });
  }

  #waysOut(from: Workload): readonly Edge[] {
    const grants = this.#grants.egress.get(from);
    if (grants === undefined) {
      return [open(nodeOf(from), everywhere, from, ungoverned('egress', from))];
    }
    return grants
      .filter(({workloads}) => workloads === undefined)
      .map(({node, ports, why}) => ({from: nodeOf(from), to: node, ports, why}));
  }

  /** Of the ports on which `to` admits `from`: those to which the way out is open, if any. */
  #admittedOut(
    from: Workload,
    to: Workload,
    ports: readonly string[],
  ): readonly string[] | undefined {
    const grants = this.#grants.egress.get(from);
    if (grants === undefined) return ports;
    const reaching = grants.filter(({workloads, isCluster}) => workloads?.has(to) ?? isCluster);
    if (reaching.some(grant => grant.ports.length === 0)) return ports;
    const open = new Set(reaching.flatMap(grant => grant.ports));
    if (ports.length === 0) return open.size === 0 ? undefined : [...open];
    const both = ports.filter(port => open.has(port));
    return both.length === 0 ? undefined : both;
  }

  /** What each workload is granted; one that no policy governs is left out. */
  #grantsIn(
    direction: Direction,
    policies: readonly Resource[],
  ): ReadonlyMap<Workload, readonly Grant[]> {
    const grants = new Map<Workload, Grant[]>();
    for (const policy of policies.filter(({value}) => governs(value, direction))) {
      const selector = valueAt(policy.value, ['spec', 'podSelector']) ?? {};
      const granted = this.#grantsOf(policy, direction);
      for (const workload of this.#pods.select(selector, policy.namespace)) {
        if (workload.isHostNetwork) continue;
        const known = grants.get(workload);
        if (known === undefined) grants.set(workload, [...granted]);
        else known.push(...granted);
      }
    }
    return grants;
  }

  #grantsOf(policy: Resource, direction: Direction): readonly Grant[] {
    const rules = asList(valueAt(policy.value, ['spec', direction]));
    return [...rules.entries()].flatMap(([index, item]) => {
      const rule = asMap(item) ?? {};
      const ports = asList(rule['ports']).map(port => portText(asMap(port)));
      const side = direction === 'ingress' ? 'from' : 'to';
      const path = ['spec', direction, index];
      const known = this.#reasons(policy, direction, index);
      const admits = (at: Path) => known?.why ?? [admittedBy(policy, at)];
      if (known?.name !== undefined) {
        return [{node: known.name, isCluster: false, ports, why: known.why}];
      }
      const peers = asList(rule[side]);
      if (peers.length === 0) {
        return [{node: everywhere, isCluster: true, ports, why: admits(path)}];
      }
      return [...peers.entries()].map(([at, peer]) => ({
        ...this.#peer(policy, asMap(peer) ?? {}),
        ports,
        why: admits([...path, side, at]),
      }));
    });
  }

  /** Each peer once: many policies name the same. */
  #peer({namespace}: Resource, peer: JsonMap): SeenPeer {
    const key = JSON.stringify([namespace ?? '', peer]);
    const known = this.#peers.get(key) ?? this.#seen(namespace, peer);
    this.#peers.set(key, known);
    return known;
  }

  #seen(own: string | undefined, {ipBlock, podSelector, namespaceSelector}: JsonMap): SeenPeer {
    if (ipBlock !== undefined) return {node: rangeText(asMap(ipBlock)), isCluster: false};
    const node = podsText(podSelector, namespaceSelector);
    if (podSelector === undefined) return {node, isCluster: true};
    const namespace = namespaceSelector === undefined ? own : namespaceOf(namespaceSelector);
    const found = this.#pods
      .select(podSelector, namespace)
      .filter(({isHostNetwork}) => !isHostNetwork);
    if (found.length === 0) return {node, isCluster: false};
    if (found.length > mostWorkloads) {
      return {node: `${node} (${found.length} workloads)`, isCluster: true};
    }
    return {node, workloads: new Set(found), isCluster: false};
  }
}

const open = (from: string, to: string, {resource, pod}: Workload, reason: string): Edge => ({
  from,
  to,
  ports: [],
  why: [{reason, resource, path: pod.path}],
});

const ungoverned = (direction: Direction, {isHostNetwork}: Workload): string =>
  isHostNetwork
    ? 'the pods use the network of their node'
    : `no NetworkPolicy governs ${direction}`;

const admittedBy = (resource: Resource, path: Path): Evidence => ({
  reason: `the NetworkPolicy "${resource.name}" admits it`,
  resource,
  path,
});

function rangeText(block: JsonMap | undefined): string {
  const except = asList(block?.['except']).map(String);
  const range = asString(block?.['cidr'] as Json) ?? '';
  return except.length === 0 ? range : `${range} except ${except.join(', ')}`;
}

/** Each pair of ends once, with all of its ports and reasons. */
function merged(edges: readonly Edge[]): readonly Edge[] {
  const byEnds = new Map<string, Edge[]>();
  for (const edge of edges) {
    const key = JSON.stringify([edge.from, edge.to]);
    const same = byEnds.get(key);
    if (same === undefined) byEnds.set(key, [edge]);
    else same.push(edge);
  }
  return [...byEnds.values()].map(group => {
    const [{from, to}] = group as [Edge, ...Edge[]];
    const isEveryPort = group.some(({ports}) => ports.length === 0);
    const ports = isEveryPort ? [] : [...new Set(group.flatMap(edge => edge.ports))];
    return {from, to, ports, why: [...new Set(group.flatMap(({why}) => why))]};
  });
}
