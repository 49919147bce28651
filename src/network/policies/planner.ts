import type {Direction} from '../../kubernetes/isolation.ts';
import type {Resource} from '../../kubernetes/resource.ts';
import type {PodSelection, StreamIndex} from '../../kubernetes/stream-index.ts';
import type {Workload} from '../../kubernetes/workload.ts';
import {areNodesUnknown, isApiServerUnknown, type PolicyPort} from '../../policy/network-policy.ts';
import type {Policy} from '../../policy/policy.ts';
import {selects} from '../../policy/selector.ts';
import {someOf} from '../../text/some-of.ts';
import {
  type Connection,
  type Evidence,
  isOutside,
  type Origin,
  type Outside,
  type Peer,
  wholeRelease,
} from '../needs/connection.ts';
import {Connections} from '../needs/connections.ts';
import {imagePorts} from '../needs/image-ports.ts';
import type {MeantClients} from '../needs/meant-clients.ts';
import {annotatedPorts, meshPorts} from '../needs/mesh.ts';
import {isBeyondPrivate, rangesOf} from '../needs/outside.ts';
import type {OutsideName} from '../needs/outside-names.ts';
import {portText} from '../needs/port-text.ts';
import {Registries, type Registry} from '../needs/registries.ts';
import {type SharedConfig, SharedConfigs} from '../needs/shared-configs.ts';
import {isFront, SilentDoors} from '../needs/silent-doors.ts';
import {NamedPorts, type UnnamedTarget, unnamedObject} from '../needs/unnamed.ts';
import {peerSeenFrom} from '../needs/workload-peer.ts';
import {AllowanceList, keyOf, ruleLimit} from './allowance-list.ts';
import {Group} from './group.ts';
import {type Allowances, podSelectorOf} from './network-policy.ts';
import {ReleasePeers} from './release-peers.ts';
import {admitted, admittedTo} from './rungs.ts';

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
  readonly #imagePorts = new Map<Workload, Set<string>>();
  readonly #hostPorts = new Map<Workload, Set<string>>();
  readonly #calledByNodes = new Map<Workload, Set<string>>();
  readonly #beyond = new Map<Workload, Set<string>>();
  readonly #unopened = new Map<Workload, Set<string>>();
  #undeclared: ReadonlyMap<Workload, readonly Resource[]> | undefined;
  readonly #releasePeers = new Map<string | undefined, Outside>();
  #unnamed: ReadonlyMap<Workload, readonly UnnamedTarget[]> | undefined;
  #meant: ReadonlyMap<Workload, readonly MeantFor[]> | undefined;
  #deadEnds: ReadonlyMap<Workload, readonly string[]> | undefined;
  #unread: ReadonlyMap<Workload, readonly string[]> | undefined;
  readonly #named = new NamedPorts();
  readonly #shared = new SharedConfigs();
  readonly #registries = new Registries();
  readonly #doors = new SilentDoors();
  #silentDoors: readonly Workload[] | undefined;
  #serverPorts: ReadonlyMap<Workload, readonly PolicyPort[]> | undefined;
  #unnamedTargets: readonly UnnamedTarget[] | undefined;
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

  /** What Services lead to in the pods, although nothing in the stream names them. */
  unnamedOf(workload: Workload): readonly UnnamedTarget[] {
    this.#unnamed ??= byWorkload(this.#allUnnamed());
    return this.#unnamed.get(workload) ?? [];
  }

  /** Configurations that say little about who calls whom. */
  sharedConfigs(): Iterable<SharedConfig> {
    this.#allUnnamed();
    return this.#shared.all();
  }

  /**
   * The workloads that clients outside reach, and of which nothing shows whom they call. None if
   * there is nobody else to call.
   */
  silentDoors(): readonly Workload[] {
    if (!this.isLeast) return [];
    this.#allUnnamed();
    this.#silentDoors ??= this.#findSilentDoors();
    return this.#silentDoors;
  }

  #findSilentDoors(): readonly Workload[] {
    const undeclared = this.#connections.exposures.undeclaredServices(this.#isDecided);
    const fronts = this.#allUnnamed()
      .map(({workload}) => workload)
      .filter(isFront);
    const entries = [...undeclared.keys(), ...fronts];
    const doors = this.#doors.all(entries).filter(each => !each.isHostNetwork);
    const servers = [...this.#servers().keys()];
    return doors.filter(door => servers.some(server => server !== door));
  }

  /** The workloads behind Services, with the ports that these lead to. */
  #servers(): ReadonlyMap<Workload, readonly PolicyPort[]> {
    this.#serverPorts ??= this.#connections.servicePorts();
    return this.#serverPorts;
  }

  /**
   * The hosts outside of the stream that workloads are configured with, and that closed egress cuts
   * off without a declaration.
   */
  outsideNames(): readonly (OutsideName & {readonly reader: Workload})[] {
    const {egress} = this.#policy.networkPolicy;
    if (egress === 'open' || egress === 'deny') return [];
    return this.#connections.outsideNames().flatMap(name => {
      // Pods of the cluster are open at that level.
      if (egress === 'workloads' && name.service !== undefined) return [];
      const readers = name.readers.flatMap(each => each.slice(0, mostAsked)).slice(0, mostAsked);
      const reader = readers.find(each => !this.#isDeclared(each, name));
      return reader === undefined ? [] : [{...name, reader}];
    });
  }

  /** Whether the policy declares a connection that may be the one to `name`. */
  #isDeclared({resource}: Workload, {service, port}: OutsideName): boolean {
    return this.#policy.networkPolicy.connections.some(({from, to, ports}) => {
      if (!('workload' in from) || 'workload' in to || !selects(from.workload, resource)) {
        return false;
      }
      const {cidrs, namespaces} = to;
      const isThere =
        service === undefined
          ? cidrs !== undefined
          : !Array.isArray(namespaces) || namespaces.includes(service.namespace);
      return (
        isThere &&
        (ports.length === 0 || port === undefined || ports.some(each => each.port === port))
      );
    });
  }

  /** The workloads that register and declare no port, with the name of their registry. */
  portlessRegistered(): readonly (readonly [Workload, string])[] {
    if (!this.isLeast) return [];
    this.#allUnnamed();
    return this.#connections.portlessRegistered(this.#named, this.#registries);
  }

  /** Registries whose clients find each other at run time. */
  registries(): Iterable<Registry> {
    this.#allUnnamed();
    return this.#registries.all();
  }

  /** Whether only needed connections are open in a direction. */
  get isLeast(): boolean {
    const {ingress, egress} = this.#policy.networkPolicy;
    return ingress === 'least' || egress === 'least';
  }

  /** Empty unless only needed connections are open in a direction. */
  #allUnnamed(): readonly UnnamedTarget[] {
    if (!this.isLeast) return [];
    this.#unnamedTargets ??= this.#findUnnamed();
    return this.#unnamedTargets;
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

  /** The ports that only the images of the workload declare. */
  imagePortsOf(workload: Workload): readonly string[] {
    this.#known();
    return [...(this.#imagePorts.get(workload) ?? [])];
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

  /** Collects who is named by whom in all connections that the stream shows. */
  #findUnnamed(): readonly UnnamedTarget[] {
    const origins = admittedTo('least').filter(each => each !== 'meant' || !this.#isDecided);
    const collectors = [this.#named, this.#shared, this.#registries, this.#doors];
    for (const connection of this.#connections.of(new Set(origins))) {
      for (const each of collectors) each.add(connection);
    }
    return this.#connections.unnamed(this.#named, this.#registries);
  }

  /** Keeps what nothing names open to the workloads of the release, unless the policy denies it. */
  #addUnnamed(direction: Direction, lists: ReadonlyMap<Workload, AllowanceList>): void {
    if (this.#policy.networkPolicy.unnamed === 'deny') return;
    this.#addSilentDoors(direction, lists);
    const all = this.#allUnnamed();
    const whyOf = (target: UnnamedTarget): Evidence => ({
      reason:
        typeof target.by === 'string'
          ? `registers with "${target.by}"`
          : `nothing in the stream names the Service "${target.by.resource.name}"`,
      resource: unnamedObject(target),
      path: ['metadata', 'name'],
    });
    if (direction === 'ingress') {
      for (const target of all) {
        const peers = this.#peersOf(wholeRelease, target.workload.resource.namespace);
        lists.get(target.workload)?.add(peers, target.ports, whyOf(target));
      }
      return;
    }
    const [first] = all;
    if (first === undefined) return;
    if (all.length * lists.size <= mostPairs) {
      for (const [{resource}, list] of lists) {
        for (const target of all) {
          list.add(this.#peersOf(target.workload, resource.namespace), target.ports, whyOf(target));
        }
      }
      return;
    }
    const ports = new Map(all.flatMap(target => target.ports).map(each => [keyOf(each), each]));
    for (const [workload, list] of lists) {
      const peers = this.#peersOf(wholeRelease, workload.resource.namespace);
      list.add(peers, ports.size > mostPorts ? [] : [...ports.values()], whyOf(first));
    }
  }

  /** Keeps the Services of the release open to workloads of which nothing shows whom they call. */
  #addSilentDoors(direction: Direction, lists: ReadonlyMap<Workload, AllowanceList>): void {
    const doors = this.silentDoors();
    const whyOf = ({resource, pod}: Workload): Evidence => ({
      reason: 'clients outside the release reach it, and nothing in the stream shows whom it calls',
      resource,
      path: pod.path,
    });
    if (direction === 'egress') {
      for (const door of doors) {
        const peers = this.#peersOf(wholeRelease, door.resource.namespace);
        lists.get(door)?.add(peers, [], whyOf(door));
      }
      return;
    }
    for (const [server, ports] of this.#servers()) {
      const {namespace} = server.resource;
      const isMany = doors.length > mostDoors;
      for (const door of isMany ? doors.slice(0, 1) : doors) {
        if (door === server && !isMany) continue;
        const peers = this.#peersOf(isMany ? wholeRelease : door, namespace);
        if (ports.length > 0) lists.get(server)?.add(peers, ports, whyOf(door));
      }
    }
  }

  #listsFor(direction: Direction): ReadonlyMap<Workload, AllowanceList> {
    const limit = ruleLimit();
    const lists = new Map(this.#workloads.map(workload => [workload, new AllowanceList(limit)]));
    const rung = this.#policy.networkPolicy[direction];
    if (rung === 'open') return lists;
    const group = new Group(direction, rung, this.#release);
    const servicePorts = group.isSomebody ? this.#connections.servicePorts() : undefined;
    for (const [workload, list] of lists) {
      const isAsked = direction === 'ingress' && group.isSomebody;
      const ofImages = isAsked ? imagePorts(workload, this.#policy.images) : [];
      put(
        this.#imagePorts,
        workload,
        ofImages.map(port => portText({...port})),
      );
      const more = [
        ...(servicePorts?.get(workload) ?? []),
        ...annotatedPorts(workload),
        ...ofImages,
      ];
      group.admit(workload, more, list);
    }
    const origins = admitted[rung][direction].filter(
      origin => origin !== 'meant' || !this.#isDecided,
    );
    for (const connection of this.#connections.of(new Set(origins))) {
      this.#add(direction, connection, lists, group);
    }
    if (rung === 'least') this.#addUnnamed(direction, lists);
    for (const [workload, list] of lists) {
      const carrying = this.#connections.meshes.of(workload).flatMap(mesh => meshPorts[mesh]);
      list.addForPods(carrying.map(port => ({protocol: 'TCP', port})));
    }
    return lists;
  }

  #add(
    direction: Direction,
    {origin, from, to, ports, why, only}: Connection,
    lists: ReadonlyMap<Workload, AllowanceList>,
    group: Group,
  ): void {
    const [own, other] = direction === 'ingress' ? [to, from] : [from, to];
    if (isOutside(own) || (only ?? direction) !== direction) return;
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

  /** The same object for each namespace: lists know peers by it. */
  #releaseSeenFrom(namespace: string | undefined): Outside {
    const known = this.#releasePeers.get(namespace) ?? {peers: this.#release.seenFrom(namespace)};
    this.#releasePeers.set(namespace, known);
    return known;
  }

  /** Pods on the host network have its addresses, and no selector matches them. */
  #peersOf(peer: Peer, seenFrom: string | undefined): Outside {
    if (peer === wholeRelease) return this.#releaseSeenFrom(seenFrom);
    if (isOutside(peer)) return peer;
    const selector = peer.isHostNetwork ? undefined : podSelectorOf(peer, this.#pods);
    if (selector === undefined) return {peers: []};
    return {peers: [peerSeenFrom(seenFrom, peer.resource.namespace, selector)]};
  }
}

/** How many readers of a name are looked at, until one has no declaration. */
const mostAsked = 50;

/** More are admitted as part of the release. */
const mostDoors = 20;

/** How many pairs of a workload and what nothing names get a rule each; more share one rule to the release. */
const mostPairs = 10_000;

/** With more ports, the workloads of the release may reach each other on every port. */
const mostPorts = 100;

function byWorkload(
  targets: readonly UnnamedTarget[],
): ReadonlyMap<Workload, readonly UnnamedTarget[]> {
  const found = new Map<Workload, UnnamedTarget[]>();
  for (const target of targets) {
    const known = found.get(target.workload);
    if (known === undefined) found.set(target.workload, [target]);
    else known.push(target);
  }
  return found;
}

function put(map: Map<Workload, Set<string>>, workload: Workload, texts: readonly string[]): void {
  const known = map.get(workload) ?? new Set();
  for (const text of texts) known.add(text);
  map.set(workload, known);
}
