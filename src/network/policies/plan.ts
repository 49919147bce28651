import type {JsonMap} from '../../json.ts';
import {
  type Direction,
  type Doubt,
  isolatedBy,
  networkPoliciesOf,
} from '../../kubernetes/isolation.ts';
import type {Resource} from '../../kubernetes/resource.ts';
import type {PodSelection, StreamIndex} from '../../kubernetes/stream-index.ts';
import type {Workload} from '../../kubernetes/workload.ts';
import {isApiServerUnknown, type Rung} from '../../policy/network-policy.ts';
import type {Policy} from '../../policy/policy.ts';
import {someOf} from '../../text/some-of.ts';
import {
  type Connection,
  isOutside,
  type Origin,
  type Outside,
  type Peer,
} from '../needs/connection.ts';
import {Connections} from '../needs/connections.ts';
import {isBeyondPrivate, rangesOf, wholeCluster} from '../needs/outside.ts';
import {portText} from '../needs/port-text.ts';
import {declaredPorts} from '../needs/service-targets.ts';
import {AllowanceList} from './allowance-list.ts';
import {type Allowances, podSelectorOf} from './network-policy.ts';
import {ReleasePeers} from './release-peers.ts';
import {peerSeenFrom} from './workload-peer.ts';

/** What there is to say of one workload's isolation. */
export type Plan = Problem | Isolated | Isolation;

/** The policy that a workload is to have. */
export interface Isolation {
  readonly workload: Workload;
  readonly podSelector: JsonMap;
  /** The directions that nothing in the stream governs yet, and what they are to admit. */
  readonly allowances: Allowances;
  /** The ports that every private address is admitted to, since the API server's is unknown. */
  readonly guessed: readonly string[];
  /** Whether the release's workloads are too many to be named, and their namespaces are. */
  readonly isBroad: boolean;
  /** The Services that lead to the pods from outside, and are not declared as exposed. */
  readonly undeclared: readonly Resource[];
  /** Who is admitted from addresses that are not private: `the API server at 8.0.0.0/8 on 443`. */
  readonly beyond: readonly string[];
  /** What load balancers of the pods, exposed on purpose, name as a range of clients, and is none. */
  readonly unread: readonly string[];
  /** What the stream leads the pods to, and only a declaration opens. */
  readonly unopened: readonly string[];
}

/** Why no policy can cover a workload. */
export interface Problem {
  readonly workload: Workload;
  readonly problem: 'host network' | 'no labels' | 'operator';
}

/** That a policy of the stream governs the pods already, in one direction. */
export interface Isolated {
  readonly workload: Workload;
  readonly isolatedBy: Resource;
  readonly direction: Direction;
  /** Why it is not certain that it does: then none can be added either, since it might open what is closed. */
  readonly doubt?: Doubt;
}

/** What each rung of the ladder admits, beside whole groups of workloads. */
const admitted: Readonly<Record<Rung, {readonly [direction in Direction]: readonly Origin[]}>> = {
  deny: {ingress: ['declared'], egress: ['declared']},
  workloads: {
    ingress: ['declared', 'exposed', 'webhook', 'kin'],
    egress: ['declared', 'dns', 'api', 'address'],
  },
  release: {
    ingress: ['declared', 'exposed', 'webhook', 'kin', 'route', 'monitoring'],
    egress: ['declared', 'dns', 'api', 'address'],
  },
  least: {
    ingress: ['declared', 'exposed', 'webhook', 'kin', 'route', 'monitoring', 'reference', 'peers'],
    egress: ['declared', 'dns', 'api', 'address', 'kin', 'reference', 'peers'],
  },
};

/** What a rung admits to the pods, beside whole groups of workloads. */
export const admittedTo = (rung: Rung): readonly Origin[] => admitted[rung].ingress;

/** Those who are known by the policy file alone: they may be at any address that stands there. */
const namedByPolicy: ReadonlySet<Origin> = new Set(['webhook', 'route', 'monitoring']);

/** The workloads of the stream that are to be isolated, or that cannot be. */
export function* planIsolation(stream: StreamIndex, policy: Policy): Iterable<Plan> {
  const {workloads, pods} = stream;
  const present = networkPoliciesOf(stream);
  const isolated = {
    ingress: isolatedBy(present, 'ingress', pods),
    egress: isolatedBy(present, 'egress', pods),
  };
  const {egress} = policy.networkPolicy;
  const directions = (['ingress', 'egress'] as const).filter(
    direction => direction === 'ingress' || egress !== 'open',
  );
  const planner = new Planner(stream, policy);
  for (const workload of workloads) {
    if (workload.isHostNetwork) {
      yield {workload, problem: 'host network'};
      continue;
    }
    for (const direction of directions) {
      const isolator = isolated[direction].get(workload);
      if (isolator === undefined) continue;
      const {policy, ...doubt} = isolator;
      yield {workload, isolatedBy: policy, direction, ...doubt};
    }
    const open = directions.filter(direction => !isolated[direction].has(workload));
    if (open.length === 0) continue;
    const podSelector = podSelectorOf(workload, pods);
    if (podSelector === undefined) {
      yield {workload, problem: workload.operator === undefined ? 'no labels' : 'operator'};
    } else {
      const guessed = open.includes('ingress') ? planner.guessedPorts(workload) : [];
      const allowances = planner.of(workload, open);
      const unopened = open.includes('egress') ? planner.unopenedTo(workload) : [];
      const isBroad = planner.isBroad(open);
      const undeclared = open.includes('ingress') ? planner.undeclaredTo(workload) : [];
      const unread = open.includes('ingress') ? planner.unreadOf(workload) : [];
      const beyond = open.includes('ingress') ? planner.beyondPrivate(workload) : [];
      const notable = {guessed, isBroad, undeclared, beyond, unread, unopened};
      yield {workload, podSelector, allowances, ...notable};
    }
  }
}

/** Turns connections into what each workload's policy admits. */
class Planner {
  readonly #policy: Policy;
  readonly #pods: PodSelection;
  readonly #connections: Connections;
  readonly #workloads: readonly Workload[];
  readonly #release: ReleasePeers;
  readonly #guessed = new Map<Workload, Set<string>>();
  readonly #beyond = new Map<Workload, Set<string>>();
  readonly #unopened = new Map<Workload, Set<string>>();
  #undeclared: ReadonlyMap<Workload, readonly Resource[]> | undefined;
  #unread: ReadonlyMap<Workload, readonly string[]> | undefined;
  #lists: {readonly [direction in Direction]: ReadonlyMap<Workload, AllowanceList>} | undefined;

  constructor(stream: StreamIndex, policy: Policy) {
    this.#policy = policy;
    this.#pods = stream.pods;
    this.#workloads = stream.workloads;
    this.#connections = new Connections(stream, policy);
    this.#release = new ReleasePeers(stream.workloads, stream.pods);
  }

  of(workload: Workload, directions: readonly Direction[]): Allowances {
    const lists = this.#known();
    return Object.fromEntries(
      directions.map(direction => [
        direction,
        lists[direction].get(workload)?.toAllowances() ?? [],
      ]),
    );
  }

  /** The Services that lead to the pods from outside, without a word of the policy. */
  undeclaredTo(workload: Workload): readonly Resource[] {
    this.#undeclared ??= this.#connections.undeclaredServices();
    return this.#undeclared.get(workload) ?? [];
  }

  /** What exposed Services of the workload name as a range of clients, and is none. */
  unreadOf(workload: Workload): readonly string[] {
    this.#unread ??= this.#connections.unreadRanges();
    return this.#unread.get(workload) ?? [];
  }

  /** Whether a policy for `directions` admits the namespaces of the release in place of it. */
  isBroad(directions: readonly Direction[]): boolean {
    const {networkPolicy} = this.#policy;
    return directions.some(each => networkPolicy[each] === 'release') && this.#release.isBroad;
  }

  /** On which ports the API server calls the pods from an address that nobody has named. */
  guessedPorts(workload: Workload): readonly string[] {
    this.#known();
    return [...(this.#guessed.get(workload) ?? [])];
  }

  /** Who reaches the pods from addresses that are not private, since the policy file says so. */
  beyondPrivate(workload: Workload): readonly string[] {
    this.#known();
    return [...(this.#beyond.get(workload) ?? [])];
  }

  /** What the stream leads the pods to, and no policy may open without a declaration. */
  unopenedTo(workload: Workload): readonly string[] {
    this.#known();
    return [...(this.#unopened.get(workload) ?? [])];
  }

  #known(): {readonly [direction in Direction]: ReadonlyMap<Workload, AllowanceList>} {
    this.#lists ??= {ingress: this.#listsFor('ingress'), egress: this.#listsFor('egress')};
    return this.#lists;
  }

  #listsFor(direction: Direction): ReadonlyMap<Workload, AllowanceList> {
    const lists = new Map(this.#workloads.map(workload => [workload, new AllowanceList()]));
    const rung = this.#policy.networkPolicy[direction];
    if (rung === 'open') return lists;
    if (rung === 'workloads' || rung === 'release') this.#addGroup(direction, rung, lists);
    for (const connection of this.#connections.of(new Set(admitted[rung][direction]))) {
      this.#add(direction, connection, lists);
    }
    return lists;
  }

  /** Admits all workloads of the cluster or the release, to the ports that there are. */
  #addGroup(
    direction: Direction,
    rung: 'workloads' | 'release',
    lists: ReadonlyMap<Workload, AllowanceList>,
  ): void {
    const servicePorts = this.#connections.servicePorts();
    for (const [workload, list] of lists) {
      const {resource, pod} = workload;
      const ports = [...declaredPorts(workload), ...(servicePorts.get(workload) ?? [])];
      if (direction === 'ingress' && ports.length === 0) continue;
      const peers =
        rung === 'workloads' ? wholeCluster : {peers: this.#release.seenFrom(resource.namespace)};
      const reason = `the policy says \`networkPolicy.${direction}: ${rung}\``;
      list.add(peers, direction === 'ingress' ? ports : [], {reason, resource, path: pod.path});
    }
  }

  #add(
    direction: Direction,
    {origin, from, to, ports, why}: Connection,
    lists: ReadonlyMap<Workload, AllowanceList>,
  ): void {
    const [own, other] = direction === 'ingress' ? [to, from] : [from, to];
    if (isOutside(own)) return;
    lists.get(own)?.add(this.#peersOf(other, own.resource.namespace), ports, why);
    if (origin === 'address' && isOutside(other) && other.peers.length === 0) {
      put(this.#unopened, own, [other.name ?? '']);
    }
    if (origin === 'webhook' && isApiServerUnknown(this.#policy.networkPolicy)) {
      put(
        this.#guessed,
        own,
        ports.map(port => portText({...port})),
      );
    }
    if (direction === 'ingress' && namedByPolicy.has(origin) && isOutside(other)) {
      const ranges = rangesOf(other).filter(isBeyondPrivate);
      const on = ports.map(port => portText({...port})).join(',');
      if (ranges.length > 0)
        put(this.#beyond, own, [`${other.name} at ${someOf(ranges)} on ${on}`]);
    }
  }

  /** Pods in the network of their node have its addresses, and no selector finds them. */
  #peersOf(peer: Peer, seenFrom: string | undefined): Outside {
    if (isOutside(peer)) return peer;
    const selector = peer.isHostNetwork ? undefined : podSelectorOf(peer, this.#pods);
    if (selector === undefined) return {peers: []};
    return {peers: [peerSeenFrom(seenFrom, peer.resource.namespace, selector)]};
  }
}

function put(map: Map<Workload, Set<string>>, workload: Workload, texts: readonly string[]): void {
  const known = map.get(workload) ?? new Set();
  for (const text of texts) known.add(text);
  map.set(workload, known);
}
