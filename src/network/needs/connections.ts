import type {StreamIndex} from '../../kubernetes/stream-index.ts';
import {WorkLimit} from '../../kubernetes/work-limit.ts';
import type {Workload} from '../../kubernetes/workload.ts';
import {
  areNodesUnknown,
  type DeclaredPeer,
  isApiServerUnknown,
  type NetworkPolicySettings,
  networkPolicyDefaults,
  type PolicyPort,
} from '../../policy/network-policy.ts';
import type {Policy} from '../../policy/policy.ts';
import {selects} from '../../policy/selector.ts';
import {grouped} from '../../text/grouped.ts';
import {backendConnections, type Services, servicesIn} from './backend-connections.ts';
import {BoundAccounts} from './bound-accounts.ts';
import {askedForNames, toDns} from './cluster-dns.ts';
import {
  type Connection,
  isOutside,
  type Origin,
  type Outside,
  type Peer,
  wholeRelease,
} from './connection.ts';
import {Exposures} from './exposures.ts';
import {throughHostPorts} from './host-ports.ts';
import {Meshes} from './mesh.ts';
import {withinMeshes} from './mesh-connections.ts';
import {scrapesOf} from './monitors.ts';
import {toNodeAgents} from './node-agents.ts';
import {outside} from './outside.ts';
import {type OutsideName, outsideNamesIn} from './outside-names.ts';
import {bypassedNames} from './proxy-bypass.ts';
import {referencesIn} from './reference-connections.ts';
import type {Registries} from './registries.ts';
import {replicasOf} from './replicas.ts';
import {ringsOf} from './rings.ts';
import {apiServerBackends, gatewayBackends, ingressBackends} from './routes.ts';
import {runTimeWebhooks} from './run-time-webhooks.ts';
import {annotatedScrapes} from './scrape-annotations.ts';
import {deadEndsOf, declaredPorts, numbered, targetPorts} from './service-targets.ts';
import {bySelection, joined, Selections} from './services-by-selection.ts';
import {type NamedPorts, registeredTargets, type UnnamedTarget, unnamedTargets} from './unnamed.ts';

type NetworkChoices = Pick<Policy, 'networkPolicy' | 'exposed' | 'workloads'>;

/** Who needs to reach whom, according to the stream and the policy. */
export class Connections {
  readonly #stream: StreamIndex;
  readonly #workloads: readonly Workload[];
  readonly #policy: NetworkChoices;
  readonly #services: Services;
  /** Clients outside the cluster. */
  readonly exposures: Exposures;
  readonly meshes: Meshes;

  constructor(stream: StreamIndex, policy: NetworkChoices) {
    this.#stream = stream;
    this.#workloads = stream.workloads;
    this.#policy = policy;
    this.#services = servicesIn(stream);
    this.meshes = new Meshes(stream);
    this.exposures = new Exposures(stream, policy, this.#services);
  }

  /**
   * The ports of each workload that Services lead to, besides those that its containers declare.
   */
  servicePorts(): ReadonlyMap<Workload, readonly PolicyPort[]> {
    const ports = new Map<Workload, Map<string, PolicyPort>>();
    for (const services of bySelection(this.#services.all)) {
      const service = joined(services);
      for (const workload of this.#services.targets.workloadsOf(service)) {
        const known = ports.get(workload) ?? new Map();
        ports.set(workload, known);
        for (const port of targetPorts(workload, service)) {
          known.set(`${port.protocol}/${port.port}`, port);
        }
      }
    }
    return new Map([...ports].map(([workload, known]) => [workload, [...known.values()]]));
  }

  /** The ports that Services lead to and the containers of each workload do not declare. */
  deadEnds(): ReadonlyMap<Workload, readonly string[]> {
    const ends = new Map<Workload, readonly string[]>();
    for (const services of bySelection(this.#services.all)) {
      const service = joined(services);
      for (const workload of this.#services.targets.workloadsOf(services[0])) {
        const found = deadEndsOf(workload, service);
        if (found.length > 0) ends.set(workload, [...(ends.get(workload) ?? []), ...found]);
      }
    }
    return ends;
  }

  /** The hosts outside of the stream that workloads are configured with. */
  outsideNames(): readonly OutsideName[] {
    return outsideNamesIn(this.#stream, this.#services.byName);
  }

  /** What Services lead to without a client among `named`, and what is found in registries instead. */
  unnamed(named: NamedPorts, registries: Registries): readonly UnnamedTarget[] {
    const {all, targets} = this.#services;
    return [
      ...unnamedTargets(all, targets, named, bypassedNames(this.#stream)),
      ...registeredTargets(this.#unserved(registries), named),
    ];
  }

  /** The workloads in a registry that declare no port, and to which no Service and nothing among `named` leads. */
  portlessRegistered(
    named: NamedPorts,
    registries: Registries,
  ): readonly (readonly [Workload, string])[] {
    return this.#unserved(registries).filter(
      ([workload]) => declaredPorts(workload).length === 0 && !named.knows(workload),
    );
  }

  /** The workloads in a registry to which no Service leads, with its name. */
  #unserved(registries: Registries): readonly (readonly [Workload, string])[] {
    const registered = [...registries.registered(this.#stream)];
    if (registered.length === 0) return [];
    const served = this.servicePorts();
    return registered.filter(([each]) => !each.isHostNetwork && !served.has(each));
  }

  /**
   * The connections that `origins` show.
   *
   * @throws {UsageError} if there are too many of them
   */
  *of(origins: ReadonlySet<Origin>): Iterable<Connection> {
    const found = new WorkLimit(mostConnections, tooManyConnections);
    for (const connection of this.#of(origins)) {
      found.count(1);
      yield connection;
    }
  }

  *#of(origins: ReadonlySet<Origin>): Iterable<Connection> {
    const {networkPolicy: settings, exposed} = this.#policy;
    if (origins.has('declared')) yield* this.#declared();
    if (origins.has('exposed') && exposed.length > 0) yield* this.exposures.exposed();
    if (origins.has('webhook')) {
      const apiServer = apiServerOf(settings);
      const reason = 'makes the API server call it';
      yield* backendConnections(this.#services, apiServerBackends(this.#stream), {
        origin: 'webhook',
        from: apiServer,
        reason,
      });
      yield* runTimeWebhooks(this.#services, this.#stream.accountRoles, apiServer);
    }
    if (origins.has('meant')) yield* this.exposures.meant();
    if (origins.has('hostPort')) yield* throughHostPorts(this.#workloads);
    if (origins.has('node')) yield* this.#toClusterDns();
    if (origins.has('route')) {
      const controllers = outside(settings.ingressControllers, 'ingress controllers');
      const gateways = outside(settings.gateways, 'gateways');
      const reason = 'sends requests to it';
      const route = {origin: 'route', reason} as const;
      yield* backendConnections(this.#services, ingressBackends(this.#stream), {
        ...route,
        from: controllers,
      });
      yield* backendConnections(this.#services, gatewayBackends(this.#stream), {
        ...route,
        from: gateways,
      });
      yield* this.#served();
    }
    if (origins.has('monitoring')) yield* this.#scraped();
    if (origins.has('mesh')) {
      for (const found of withinMeshes(this.#workloads, this.meshes, settings.monitoring)) {
        if (origins.has(found.origin)) yield found;
      }
    }
    if (referred.some(origin => origins.has(origin))) {
      for (const connection of referencesIn(this.#stream, this.#services)) {
        const found = this.#byNode(connection);
        if (origins.has(found.origin)) yield found;
      }
      for (const connection of toNodeAgents(this.#workloads, () => this.#nodes())) {
        const found = this.#byNode(connection);
        if (origins.has(found.origin)) yield found;
      }
    }
    if (origins.has('peers')) yield* replicasOf(this.#services.all, this.#services.targets);
    if (origins.has('ring')) yield* ringsOf(this.#services.all, this.#services.targets);
    if (origins.has('kin')) yield* this.#kin();
    if (origins.has('dns')) {
      yield* toDns(this.#workloads, settings.dns, networkPolicyDefaults.dns);
    }
    if (origins.has('api')) yield* this.#toApiServer();
  }

  *#scraped(): Iterable<Connection> {
    const from = outside(this.#policy.networkPolicy.monitoring, 'monitoring');
    const {all, targets} = this.#services;
    const selections = new Selections(all);
    const scrapes = [
      ...scrapesOf(this.#stream, all, this.#stream.pods, targets, selections),
      ...annotatedScrapes(this.#stream, all, targets, selections),
    ];
    for (const {workload, ports, resource, path} of scrapes) {
      const why = {reason: 'makes monitoring scrape it', resource, path};
      yield {origin: 'monitoring', from, to: workload, ports, why};
    }
  }

  /** A pod on the host network calls others, and is called, by the address of the node. */
  #byNode(connection: Connection): Connection {
    const {from, to} = connection;
    if (isOutside(from) || isOutside(to) || from.isHostNetwork === to.isHostNetwork) {
      return connection;
    }
    const end = from.isHostNetwork ? {from: this.#nodes()} : {to: this.#nodes()};
    return {...connection, ...end, origin: 'node'};
  }

  #nodes(): Outside {
    const {networkPolicy} = this.#policy;
    return outside(
      networkPolicy.nodes,
      areNodesUnknown(networkPolicy) ? 'nodes, at any private address' : 'nodes',
    );
  }

  *#toClusterDns(): Iterable<Connection> {
    const {dns} = this.#policy.networkPolicy;
    yield* askedForNames(this.#services, dns, this.#nodes());
  }

  /** The pods of one object call each other, as configured by their operator. */
  *#kin(): Iterable<Connection> {
    for (const workload of this.#workloads) {
      const {operator, resource, pod} = workload;
      if (operator === undefined || operator === 'unknown' || !operator.areKin) continue;
      const why = {
        reason: `the pods of one ${resource.kind} call each other`,
        resource,
        path: pod.path,
      };
      yield {origin: 'kin', from: workload, to: workload, ports: [], why};
    }
  }

  /** Requests reach pods of Knative Services through Knative's own pods, which also scale them. */
  *#served(): Iterable<Connection> {
    const from = outside(this.#policy.networkPolicy.knative, 'Knative');
    for (const to of this.#workloads) {
      const {operator, resource, pod} = to;
      if (operator === 'unknown' || resource.group !== knativeServing) continue;
      const ports = (operator?.ports ?? []).map(({number, protocol}) => ({protocol, port: number}));
      const why = {reason: 'is served by Knative', resource, path: pod.path};
      if (ports.length > 0) yield {origin: 'route', from, to, ports, why};
    }
  }

  *#toApiServer(): Iterable<Connection> {
    const accounts = new BoundAccounts(this.#stream);
    const to = apiServerOf(this.#policy.networkPolicy);
    const ports = apiServerPorts.map(port => ({protocol: 'TCP' as const, port}));
    for (const from of this.#workloads) {
      const why = accounts.bindingOf(from);
      if (why !== undefined) yield {origin: 'api', from, to, ports, why};
    }
  }

  *#declared(): Iterable<Connection> {
    const {connections, egress} = this.#policy.networkPolicy;
    for (const {from, to, ports, reason} of connections) {
      const why = {reason: `the policy declares it: ${reason}`};
      if (isEverybody(from)) {
        for (const target of this.#peersOf(to)) {
          const numbers = isOutside(target) ? ports : numbered(target, ports);
          const ends = {from: wholeRelease, to: target, ports: numbers};
          yield {origin: 'declared', ...ends, why, only: 'ingress'};
        }
        if (egress === 'open') continue;
      }
      const only = isEverybody(from) ? {only: 'egress' as const} : {};
      for (const source of this.#peersOf(from)) {
        for (const target of this.#peersOf(to)) {
          const numbers = isOutside(target) ? ports : numbered(target, ports);
          yield {origin: 'declared', from: source, to: target, ports: numbers, why, ...only};
        }
      }
    }
  }

  #peersOf(peer: DeclaredPeer): readonly Peer[] {
    if (!('workload' in peer)) return [outside([peer])];
    return this.#workloads.filter(({resource}) =>
      selects(peer.workload, resource, this.#policy.workloads),
    );
  }
}

/** Whether an end of a declaration is every workload of the stream. */
const isEverybody = (peer: DeclaredPeer): boolean =>
  'workload' in peer &&
  Object.values(peer.workload).every(pattern => pattern === undefined || pattern === '*');

/** The origins that come from names of Services given to pods. */
const referred: readonly Origin[] = ['reference', 'address', 'peers', 'node'];

const knativeServing = 'serving.knative.dev';

/** The most connections in one direction for one stream. */
const mostConnections = 1_000_000;
const tooManyConnections = `the stream implies more than ${grouped(mostConnections)} connections: split it`;

/**
 * The API server's own port and that of its Service: a policy may be applied before or after NAT.
 */
const apiServerPorts = [443, 6443];

/** If it is a guess, its name says so. */
const apiServerOf = (settings: NetworkPolicySettings): Outside =>
  outside(
    settings.apiServer,
    isApiServerUnknown(settings) ? 'the API server, at any private address' : 'the API server',
  );
