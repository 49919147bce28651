import type {Direction} from '../../kubernetes/isolation.ts';
import type {Resource} from '../../kubernetes/resource.ts';
import type {PodSelection, StreamIndex} from '../../kubernetes/stream-index.ts';
import type {Workload} from '../../kubernetes/workload.ts';
import {areNodesUnknown, isApiServerUnknown} from '../../policy/network-policy.ts';
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
import type {MeantClients} from '../needs/meant-clients.ts';
import {annotatedPorts, meshPorts} from '../needs/mesh.ts';
import {isBeyondPrivate, rangesOf} from '../needs/outside.ts';
import {portText} from '../needs/port-text.ts';
import {peerSeenFrom} from '../needs/workload-peer.ts';
import {AllowanceList, ruleLimit} from './allowance-list.ts';
import {Group} from './group.ts';
import {type Allowances, podSelectorOf} from './network-policy.ts';
import {ReleasePeers} from './release-peers.ts';
import {admitted} from './rungs.ts';

/** Peers that only the policy file defines: they may have any address that is set there. */
const namedByPolicy: ReadonlySet<Origin> = new Set(['webhook', 'route', 'monitoring']);

/** Clients of a workload that seem to be intended, and the ports that they use. */
export interface MeantFor {
  readonly clients: readonly MeantClients[];
  readonly ports: readonly string[];
}

/** Turns connections into what the policy of each workload admits. */
export class Planner {
  readonly #policy: Policy;
  readonly #pods: PodSelection;
  readonly #connections: Connections;
  readonly #workloads: readonly Workload[];
  readonly #release: ReleasePeers;
  readonly #guessed = new Map<Workload, Set<string>>();
  readonly #hostPorts = new Map<Workload, Set<string>>();
  readonly #calledByNodes = new Map<Workload, Set<string>>();
  readonly #beyond = new Map<Workload, Set<string>>();
  readonly #unopened = new Map<Workload, Set<string>>();
  #undeclared: ReadonlyMap<Workload, readonly Resource[]> | undefined;
  #meant: ReadonlyMap<Workload, readonly MeantFor[]> | undefined;
  #deadEnds: ReadonlyMap<Workload, readonly string[]> | undefined;
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

  /** The undeclared Services that open the pods to external clients. */
  undeclaredTo(workload: Workload): readonly Resource[] {
    this.#undeclared ??= this.#connections.exposures.undeclaredServices(this.#isDecided);
    return this.#undeclared.get(workload) ?? [];
  }

  /** External clients of the pods that seem to be intended, as long as this is undecided. */
  meantFor(workload: Workload): readonly MeantFor[] {
    this.#meant ??= this.#meantByWorkload();
    return this.#meant.get(workload) ?? [];
  }

  #meantByWorkload(): ReadonlyMap<Workload, readonly MeantFor[]> {
    const found = new Map<Workload, MeantFor[]>();
    if (this.#isDecided) return found;
    for (const {clients, connections} of this.#connections.exposures.meantClients()) {
      for (const {to, ports} of connections) {
        if (isOutside(to)) continue;
        const known = found.get(to) ?? [];
        found.set(to, known);
        known.push({clients, ports: ports.map(port => portText({...port}))});
      }
    }
    return found;
  }

  /** Whether the policy has decided about clients that seem to be intended, without naming them. */
  get #isDecided(): boolean {
    const {waiting, networkPolicy} = this.#policy;
    return networkPolicy.ingress === 'deny' || !waiting.has('require-network-policy');
  }

  /** The ports that the remaining host ports lead to. */
  hostPortsOf(workload: Workload): readonly string[] {
    this.#known();
    return [...(this.#hostPorts.get(workload) ?? [])];
  }

  /** The ports on which pods of the stream on the host network call the workload. */
  calledByNodes(workload: Workload): readonly string[] {
    this.#known();
    return [...(this.#calledByNodes.get(workload) ?? [])];
  }

  /** The targets of Services that no container of the workload declares. */
  deadEndsOf(workload: Workload): readonly string[] {
    this.#deadEnds ??= this.#connections.deadEnds();
    return this.#deadEnds.get(workload) ?? [];
  }

  /** The invalid client ranges of exposed Services of the workload. */
  unreadOf(workload: Workload): readonly string[] {
    this.#unread ??= this.#connections.exposures.unreadRanges();
    return this.#unread.get(workload) ?? [];
  }

  /**
   * Whether a policy for `directions` admits the namespaces of the release instead of its
   * workloads.
   */
  isBroad(directions: readonly Direction[]): boolean {
    const {networkPolicy} = this.#policy;
    return directions.some(each => networkPolicy[each] === 'release') && this.#release.isBroad;
  }

  /** The ports on which the API server calls the pods from an unknown address. */
  guessedPorts(workload: Workload): readonly string[] {
    this.#known();
    return [...(this.#guessed.get(workload) ?? [])];
  }

  /** Public addresses that reach the pods, because the policy file lists them. */
  beyondPrivate(workload: Workload): readonly string[] {
    this.#known();
    return [...(this.#beyond.get(workload) ?? [])];
  }

  /** Destinations of the pods in the stream that no policy may open without a declaration. */
  unopenedTo(workload: Workload): readonly string[] {
    this.#known();
    return [...(this.#unopened.get(workload) ?? [])];
  }

  #known(): {readonly [direction in Direction]: ReadonlyMap<Workload, AllowanceList>} {
    this.#lists ??= {ingress: this.#listsFor('ingress'), egress: this.#listsFor('egress')};
    return this.#lists;
  }

  #listsFor(direction: Direction): ReadonlyMap<Workload, AllowanceList> {
    const limit = ruleLimit();
    const lists = new Map(this.#workloads.map(workload => [workload, new AllowanceList(limit)]));
    const rung = this.#policy.networkPolicy[direction];
    if (rung === 'open') return lists;
    const group = new Group(direction, rung, this.#release);
    const servicePorts = group.isSomebody ? this.#connections.servicePorts() : undefined;
    for (const [workload, list] of lists) {
      const more = [...(servicePorts?.get(workload) ?? []), ...annotatedPorts(workload)];
      group.admit(workload, more, list);
    }
    const origins = admitted[rung][direction].filter(
      origin => origin !== 'meant' || !this.#isDecided,
    );
    for (const connection of this.#connections.of(new Set(origins))) {
      this.#add(direction, connection, lists, group);
    }
    for (const [workload, list] of lists) {
      const carrying = this.#connections.meshes.of(workload).flatMap(mesh => meshPorts[mesh]);
      list.addForPods(carrying.map(port => ({protocol: 'TCP', port})));
    }
    return lists;
  }

  #add(
    direction: Direction,
    {origin, from, to, ports, why}: Connection,
    lists: ReadonlyMap<Workload, AllowanceList>,
    group: Group,
  ): void {
    const [own, other] = direction === 'ingress' ? [to, from] : [from, to];
    if (isOutside(own)) return;
    const more = group.lacks(own, other, ports);
    if (more !== undefined) {
      lists.get(own)?.add(this.#peersOf(other, own.resource.namespace), more, why);
    }
    if (origin === 'address' && isOutside(other) && other.peers.length === 0) {
      put(this.#unopened, own, [other.name ?? '']);
    }
    if (direction === 'ingress') this.#note(own, other, {origin, ports});
  }

  /** Remembers what the user should know about a connection to the pods. */
  #note(own: Workload, other: Peer, {origin, ports}: Pick<Connection, 'origin' | 'ports'>): void {
    const {networkPolicy} = this.#policy;
    const texts = ports.map(port => portText({...port}));
    if (origin === 'webhook' && isApiServerUnknown(networkPolicy)) put(this.#guessed, own, texts);
    if (origin === 'hostPort') put(this.#hostPorts, own, texts);
    if (!isOutside(other)) return;
    const ranges = rangesOf(other);
    if (origin === 'node' && ranges.length > 0 && areNodesUnknown(networkPolicy)) {
      put(this.#calledByNodes, own, texts);
    }
    const beyond = ranges.filter(isBeyondPrivate);
    if (!namedByPolicy.has(origin) || beyond.length === 0) return;
    put(this.#beyond, own, [`${other.name} at ${someOf(beyond)} on ${texts.join(',')}`]);
  }

  /** Pods on the host network have its addresses, and no selector matches them. */
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
