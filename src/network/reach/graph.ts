import {asList, asMap, type JsonMap, type Path, valueAt} from '../../json.ts';
import {
  type Direction,
  enforceable,
  governs,
  type Isolator,
  networkPoliciesOf,
} from '../../kubernetes/isolation.ts';
import {PluginPolicies} from '../../kubernetes/plugin-policies/plugin-policies.ts';
import type {Resource} from '../../kubernetes/resource.ts';
import {selectRunning} from '../../kubernetes/running-pods.ts';
import type {StreamIndex} from '../../kubernetes/stream-index.ts';
import {WorkLimit} from '../../kubernetes/work-limit.ts';
import type {Workload} from '../../kubernetes/workload.ts';
import {grouped} from '../../text/grouped.ts';
import type {Evidence} from '../needs/connection.ts';
import {portText} from '../needs/port-text.ts';
import {type Grant, Grants} from './graph-grants.ts';
import {everywhere, nodeOf} from './graph-nodes.ts';
import {anyone, PeerSight} from './graph-peers.ts';
import {commonPorts, meeting} from './port-overlap.ts';

/** A connection: one end can reach the other on some ports, and why. */
export interface Edge {
  readonly from: string;
  readonly to: string;
  /** An empty list stands for every port. */
  readonly ports: readonly string[];
  readonly why: readonly Evidence[];
}

/** The reason for a policy rule, and the name of its peers, if known. */
export type RuleReasons = (
  policy: Resource,
  direction: Direction,
  rule: number,
) => {readonly why: readonly Evidence[]; readonly name?: string} | undefined;

/**
 * Who can reach whom according to the NetworkPolicies of the stream. Two workloads are connected if
 * a policy of either names the other, on the ports that both ends allow. Peers that a policy names
 * only as part of a group, or outside the stream, are shown as that group.
 */
export class ReachGraph {
  readonly #stream: StreamIndex;
  readonly #sight: PeerSight;
  readonly #reasons: RuleReasons;
  readonly #grants: {readonly [direction in Direction]: ReadonlyMap<Workload, Grants>};
  /** The workloads governed by a policy of another kind, which is not evaluated. */
  readonly #governed: {readonly [direction in Direction]: ReadonlyMap<Workload, Isolator>};
  readonly #looks = new WorkLimit(mostLooks, tooManyLooks);

  constructor(stream: StreamIndex, reasons: RuleReasons) {
    this.#stream = stream;
    this.#sight = new PeerSight(stream);
    this.#reasons = reasons;
    const policies = enforceable(networkPoliciesOf(stream));
    const plugins = new PluginPolicies(stream);
    this.#governed = {ingress: plugins.isolatedIn('ingress'), egress: plugins.isolatedIn('egress')};
    this.#grants = {
      ingress: this.#grantsIn('ingress', policies),
      egress: this.#grantsIn('egress', policies),
    };
  }

  /** The nodes of the workloads. */
  workloads(): readonly string[] {
    return this.#stream.workloads.map(nodeOf);
  }

  /**
   * In the order of the workloads: the ingress of each, then the egress of each.
   *
   * @throws {UsageError} if there are too many of them
   */
  edges(): readonly Edge[] {
    const {workloads} = this.#stream;
    this.#requireFew();
    return merged([
      ...workloads.flatMap(workload => this.#waysIn(workload)),
      ...workloads.flatMap(workload => this.#waysOut(workload)),
    ]);
  }

  /**
   * Who can reach whom among the workloads, each pair once, also if only a group admits it. The
   * reasons are those of policies that name the workloads or their group.
   *
   * @throws {UsageError} if there are too many pairs
   */
  pairs(): readonly Edge[] {
    const {workloads} = this.#stream;
    new WorkLimit(mostEdges, tooManyPairs).count(workloads.length ** 2);
    return workloads.flatMap(to =>
      workloads.flatMap(from => (from === to ? [] : this.#between(from, to))),
    );
  }

  /** The edges to and from what is no workload of the stream. */
  outer(): readonly Edge[] {
    const own = new Set(this.workloads());
    return this.edges().filter(({from, to}) => !own.has(from) || !own.has(to));
  }

  /** Pairs are counted before any is computed. */
  #requireFew(): void {
    const limit = new WorkLimit(mostEdges, tooManyEdges);
    for (const grants of [...this.#grants.ingress.values(), ...this.#grants.egress.values()]) {
      limit.count(grants.groups.length + grants.namedCount);
    }
  }

  #waysIn(to: Workload): readonly Edge[] {
    const grants = this.#grants.ingress.get(to);
    const unread = this.#unread('ingress', to);
    if (grants === undefined) {
      return unread ?? [open(everywhere, nodeOf(to), to, ungoverned('ingress', to))];
    }
    return [
      ...(unread ?? []),
      ...grants.groups.map(({node, ports, why}) => ({
        from: node,
        to: nodeOf(to),
        ports: this.#textsOf(ports),
        why,
      })),
      ...grants.named.flatMap(from => this.#between(from, to)),
    ];
  }

  /** A pair that the other policy also names is already part of the ingress. */
  #waysOut(from: Workload): readonly Edge[] {
    const grants = this.#grants.egress.get(from);
    const unread = this.#unread('egress', from);
    if (grants === undefined) {
      return unread ?? [open(nodeOf(from), everywhere, from, ungoverned('egress', from))];
    }
    return [
      ...(unread ?? []),
      ...grants.named
        .filter(to => this.#grants.ingress.get(to)?.names(from) !== true)
        .flatMap(to => this.#between(from, to)),
      ...grants.groups.map(({node, ports, why}) => ({
        from: nodeOf(from),
        to: node,
        ports: this.#textsOf(ports),
        why,
      })),
    ];
  }

  /** The node for peers of a policy that is not evaluated, if there is one. */
  #unread(direction: Direction, workload: Workload): readonly Edge[] | undefined {
    const policy = this.#governed[direction].get(workload)?.policy;
    if (policy === undefined) return undefined;
    const other = `whom the ${policy.kind} "${policy.name}" admits`;
    const [from, to] = [other, nodeOf(workload)];
    const ends = direction === 'ingress' ? {from, to} : {from: to, to: from};
    return [{...ends, ports: [], why: [notEvaluated(policy, direction)]}];
  }

  #textsOf(ports: readonly JsonMap[]): readonly string[] {
    this.#looks.count(ports.length);
    return ports.map(portText);
  }

  /** One edge on the ports that both ends allow, with the rules of both; or none. */
  #between(from: Workload, to: Workload): readonly Edge[] {
    const [ingress, egress] = [this.#grants.ingress.get(to), this.#grants.egress.get(from)];
    this.#looks.count((ingress?.wideCount ?? 0) + (egress?.wideCount ?? 0));
    const inward = ingress?.of(from);
    const outward = egress?.of(to);
    if (inward?.length === 0 || outward?.length === 0) return [];
    const [ins, outs] = [portsOf(inward), portsOf(outward)];
    this.#looks.count(portLooks(ins, to) + portLooks(outs, to));
    const ports = commonPorts(ins, outs, to);
    if (ports === undefined) return [];
    const reasons = (grants: readonly Grant[] = [], others: readonly JsonMap[]) => {
      const isMet = meeting(others, to);
      return grants.filter(grant => isMet(grant.ports)).flatMap(({why}) => why);
    };
    const unread = [
      ...(this.#unread('ingress', to) ?? []),
      ...(this.#unread('egress', from) ?? []),
    ].flatMap(edge => edge.why);
    const why = [...reasons(inward, outs), ...reasons(outward, ins), ...unread];
    return [{from: nodeOf(from), to: nodeOf(to), ports, why}];
  }

  /** The grants of each workload; workloads without a policy are left out. */
  #grantsIn(direction: Direction, policies: readonly Resource[]): ReadonlyMap<Workload, Grants> {
    const grants = new Map<Workload, Grants>();
    const limit = new WorkLimit(mostGrants, tooManyGrants);
    for (const policy of policies.filter(({value}) => governs(value, direction))) {
      const selector = valueAt(policy.value, ['spec', 'podSelector']) ?? {};
      const granted = this.#grantsOf(policy, direction);
      for (const {workload} of selectRunning(this.#stream.pods, selector, policy.namespace)) {
        if (workload.isHostNetwork) continue;
        const known = grants.get(workload) ?? new Grants();
        limit.count(granted.length + 1);
        known.add(granted);
        grants.set(workload, known);
      }
    }
    return grants;
  }

  #grantsOf(policy: Resource, direction: Direction): readonly Grant[] {
    const rules = asList(valueAt(policy.value, ['spec', direction]));
    return [...rules.entries()].flatMap(([index, item]) => {
      const rule = asMap(item) ?? {};
      const ports = asList(rule['ports']).map(port => asMap(port) ?? {});
      const side = direction === 'ingress' ? 'from' : 'to';
      const path = ['spec', direction, index];
      const known = this.#reasons(policy, direction, index);
      const admits = (at: Path) => known?.why ?? [admittedBy(policy, at)];
      const peers = asList(rule[side]).map(peer => asMap(peer) ?? {});
      if (known?.name !== undefined) {
        const seen = this.#sight.seeNamed(policy.namespace, peers, known.name);
        return [{...seen, ports, why: known.why}];
      }
      if (peers.length === 0) return [{...anyone, ports, why: admits(path)}];
      return peers.map((peer, at) => ({
        ...this.#sight.see(policy.namespace, peer),
        ports,
        why: admits([...path, side, at]),
      }));
    });
  }
}

/** The most grants of policy rules to workloads in one direction. */
const mostGrants = 1_000_000;
const tooManyGrants = `the policies of the stream grant more than ${grouped(mostGrants)} peers and ports to workloads: look at part of the stream`;

const tooManyPairs =
  'the stream has too many workloads to compare each with each: look at part of it';

/** The most ports and selectors that are looked at for all pairs. */
const mostLooks = 2_000_000;
const tooManyLooks = `the connections of the stream have more than ${grouped(mostLooks)} ports and selectors in all: look at part of it`;

/** How often ports are looked at to find those of a pod: a name is compared with each port of its containers. */
const portLooks = (rules: readonly JsonMap[], {ports}: Workload): number =>
  rules.reduce((sum, {port}) => sum + (typeof port === 'string' ? ports.length : 1), 0);

/** The most connections in a graph. */
const mostEdges = 200_000;
const tooManyEdges = `the stream has more than ${grouped(mostEdges)} connections: look at part of it`;

/** The ports of all grants; empty if one covers every port, or nothing governs them. */
function portsOf(grants: readonly Grant[] = []): readonly JsonMap[] {
  const isEveryPort = grants.some(({ports}) => ports.length === 0);
  return isEveryPort ? [] : grants.flatMap(({ports}) => ports);
}

const open = (from: string, to: string, {resource, pod}: Workload, reason: string): Edge => ({
  from,
  to,
  ports: [],
  why: [{reason, resource, path: pod.path}],
});

const ungoverned = (direction: Direction, {isHostNetwork}: Workload): string =>
  isHostNetwork ? 'the pods use the host network' : `no NetworkPolicy governs ${direction}`;

const notEvaluated = (resource: Resource, direction: Direction): Evidence => ({
  reason: `the ${resource.kind} "${resource.name}" governs ${direction}, and is not evaluated`,
  resource,
  path: ['spec'],
});

const admittedBy = (resource: Resource, path: Path): Evidence => ({
  reason: `the NetworkPolicy "${resource.name}" admits it`,
  resource,
  path,
});

/** Each pair of ends once, with all its ports and reasons. */
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
