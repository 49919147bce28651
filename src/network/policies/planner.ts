import type {Direction} from '../../kubernetes/isolation.ts';
import type {Resource} from '../../kubernetes/resource.ts';
import type {PodSelection, StreamIndex} from '../../kubernetes/stream-index.ts';
import type {Workload} from '../../kubernetes/workload.ts';
import {isApiServerUnknown} from '../../policy/network-policy.ts';
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
import {isBeyondPrivate, rangesOf} from '../needs/outside.ts';
import {portText} from '../needs/port-text.ts';
import {AllowanceList, ruleLimit} from './allowance-list.ts';
import {Group} from './group.ts';
import {type Allowances, podSelectorOf} from './network-policy.ts';
import {ReleasePeers} from './release-peers.ts';
import {admitted} from './rungs.ts';
import {peerSeenFrom} from './workload-peer.ts';

/** Those who are known by the policy file alone: they may be at any address that stands there. */
const namedByPolicy: ReadonlySet<Origin> = new Set(['webhook', 'route', 'monitoring']);

/** Turns connections into what each workload's policy admits. */
export class Planner {
  readonly #policy: Policy;
  readonly #pods: PodSelection;
  readonly #connections: Connections;
  readonly #workloads: readonly Workload[];
  readonly #release: ReleasePeers;
  readonly #guessed = new Map<Workload, Set<string>>();
  readonly #beyond = new Map<Workload, Set<string>>();
  readonly #unopened = new Map<Workload, Set<string>>();
  #undeclared: ReadonlyMap<Workload, readonly Resource[]> | undefined;
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

  /** The Services that lead to the pods from outside, without a word of the policy. */
  undeclaredTo(workload: Workload): readonly Resource[] {
    this.#undeclared ??= this.#connections.undeclaredServices();
    return this.#undeclared.get(workload) ?? [];
  }

  /** What Services lead to, and no container of the workload declares. */
  deadEndsOf(workload: Workload): readonly string[] {
    this.#deadEnds ??= this.#connections.deadEnds();
    return this.#deadEnds.get(workload) ?? [];
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
    const limit = ruleLimit();
    const lists = new Map(this.#workloads.map(workload => [workload, new AllowanceList(limit)]));
    const rung = this.#policy.networkPolicy[direction];
    if (rung === 'open') return lists;
    const group = new Group(direction, rung, this.#release);
    const servicePorts = group.isSomebody ? this.#connections.servicePorts() : undefined;
    for (const [workload, list] of lists) group.admit(workload, servicePorts?.get(workload), list);
    for (const connection of this.#connections.of(new Set(admitted[rung][direction]))) {
      this.#add(direction, connection, lists, group);
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
