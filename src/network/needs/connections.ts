import {NameIndex} from '../../kubernetes/name-index.ts';
import type {Resource} from '../../kubernetes/resource.ts';
import {type Service, servicesOf} from '../../kubernetes/service.ts';
import type {PodSelection, StreamIndex} from '../../kubernetes/stream-index.ts';
import {WorkLimit} from '../../kubernetes/work-limit.ts';
import type {Workload} from '../../kubernetes/workload.ts';
import {
  type DeclaredPeer,
  isApiServerUnknown,
  type NetworkPolicySettings,
  type PolicyPort,
} from '../../policy/network-policy.ts';
import type {Policy} from '../../policy/policy.ts';
import {selects} from '../../policy/selector.ts';
import type {Backend} from './backend.ts';
import {BoundAccounts} from './bound-accounts.ts';
import {
  type Connection,
  isOutside,
  mostReasons,
  type Origin,
  type Outside,
  type Peer,
} from './connection.ts';
import {clientsOf, unreadRangesOf} from './load-balancer-clients.ts';
import {scrapesOf} from './monitors.ts';
import {anywhere, outside} from './outside.ts';
import {referencesIn} from './reference-connections.ts';
import {replicasOf} from './replicas.ts';
import {apiServerBackends, gatewayBackends, ingressBackends} from './routes.ts';
import {annotatedScrapes} from './scrape-annotations.ts';
import {
  connectionsTo,
  deadEndsOf,
  numbered,
  ServiceTargets,
  targetPorts,
} from './service-targets.ts';
import {bySelection, joined} from './services-by-selection.ts';

type NetworkChoices = Pick<Policy, 'networkPolicy' | 'exposed'>;

/** What the stream and the policy tell of who needs to reach whom. */
export class Connections {
  readonly #stream: StreamIndex;
  readonly #workloads: readonly Workload[];
  readonly #pods: PodSelection;
  readonly #policy: NetworkChoices;
  readonly #services: readonly Service[];
  readonly #byName = new NameIndex<Service>();
  readonly #targets: ServiceTargets;

  constructor(stream: StreamIndex, policy: NetworkChoices) {
    this.#stream = stream;
    this.#workloads = stream.workloads;
    this.#pods = stream.pods;
    this.#policy = policy;
    this.#services = servicesOf(stream);
    for (const service of this.#services) {
      this.#byName.add(service.resource.name, service.resource.namespace, service);
    }
    this.#targets = new ServiceTargets(stream.pods);
  }

  /** Each workload's ports that Services lead to, beside those that its containers declare. */
  servicePorts(): ReadonlyMap<Workload, readonly PolicyPort[]> {
    const ports = new Map<Workload, Map<string, PolicyPort>>();
    for (const services of bySelection(this.#services)) {
      const service = joined(services);
      for (const workload of this.#targets.workloadsOf(service)) {
        const known = ports.get(workload) ?? new Map();
        ports.set(workload, known);
        for (const port of targetPorts(workload, service)) {
          known.set(`${port.protocol}/${port.port}`, port);
        }
      }
    }
    return new Map([...ports].map(([workload, known]) => [workload, [...known.values()]]));
  }

  /** What Services lead to, and the containers of each workload do not declare. */
  deadEnds(): ReadonlyMap<Workload, readonly string[]> {
    const ends = new Map<Workload, readonly string[]>();
    for (const services of bySelection(this.#services)) {
      const service = joined(services);
      for (const workload of this.#targets.workloadsOf(services[0])) {
        const found = deadEndsOf(workload, service);
        if (found.length > 0) ends.set(workload, [...(ends.get(workload) ?? []), ...found]);
      }
    }
    return ends;
  }

  /** The Services that lead to each workload from outside, and are not declared to. */
  undeclaredServices(): ReadonlyMap<Workload, readonly Resource[]> {
    const open = this.#services.filter(each => isOpenOutside(each) && !this.#isExposed(each));
    return this.#byWorkload(open, ({resource}) => [resource]);
  }

  /** What load balancers that are exposed on purpose name as a range, and is none. */
  unreadRanges(): ReadonlyMap<Workload, readonly string[]> {
    const exposed = this.#services.filter(each => isOpenOutside(each) && this.#isExposed(each));
    return this.#byWorkload(exposed, unreadRangesOf);
  }

  #byWorkload<Told>(
    services: readonly Service[],
    toldOf: (service: Service) => readonly Told[],
  ): ReadonlyMap<Workload, readonly Told[]> {
    const told = new Map<Workload, readonly Told[]>();
    for (const group of bySelection(services)) {
      const own = group.flatMap(toldOf);
      if (own.length === 0) continue;
      for (const workload of this.#targets.workloadsOf(group[0])) {
        const known = told.get(workload);
        told.set(workload, known === undefined ? own : [...known, ...own]);
      }
    }
    return told;
  }

  /**
   * The connections that `origins` show.
   *
   * @throws {UsageError} where there are too many of them
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
    if (origins.has('exposed') && exposed.length > 0) yield* this.#exposed();
    if (origins.has('webhook')) {
      const apiServer = apiServerOf(settings);
      const reason = 'has the API server call it';
      yield* this.#backends('webhook', apiServerBackends(this.#stream), apiServer, reason);
    }
    if (origins.has('route')) {
      const controllers = outside(settings.ingressControllers, 'ingress controllers');
      const gateways = outside(settings.gateways, 'gateways');
      const reason = 'sends requests to it';
      yield* this.#backends('route', ingressBackends(this.#stream), controllers, reason);
      yield* this.#backends('route', gatewayBackends(this.#stream), gateways, reason);
      yield* this.#served();
    }
    if (origins.has('monitoring')) yield* this.#scraped();
    if (referred.some(origin => origins.has(origin))) {
      const services = {all: this.#services, byName: this.#byName, targets: this.#targets};
      for (const connection of referencesIn(this.#stream, services)) {
        if (origins.has(connection.origin)) yield connection;
      }
    }
    if (origins.has('peers')) yield* replicasOf(this.#services, this.#targets);
    if (origins.has('kin')) yield* this.#kin();
    if (origins.has('dns')) yield* this.#toDns();
    if (origins.has('api')) yield* this.#toApiServer();
  }

  *#backends(
    origin: Origin,
    backends: Iterable<Backend>,
    from: Outside,
    reason: string,
  ): Iterable<Connection> {
    const asked = new Map<string, number>();
    for (const backend of backends) {
      const {name, namespace, resource, path, senders} = backend;
      if (!isOneOfFew(asked, [name, namespace, backend.port, backend.targetPort, senders]))
        continue;
      const isKnown = senders !== undefined && from.peers.length > 0 && origin === 'route';
      const sender = isKnown ? {...from, peers: senders} : from;
      for (const service of eachOnce(this.#byName.find(name, namespace))) {
        for (const port of portsAsked(backend, service)) {
          const why = {reason, resource, path};
          yield* connectionsTo(this.#targets, service, port, {origin, from: sender, why});
        }
      }
    }
  }

  *#scraped(): Iterable<Connection> {
    const from = outside(this.#policy.networkPolicy.monitoring, 'monitoring');
    const scrapes = [
      ...scrapesOf(this.#stream, this.#services, this.#pods, this.#targets),
      ...annotatedScrapes(this.#stream, this.#services, this.#targets),
    ];
    for (const {workload, ports, resource, path} of scrapes) {
      const why = {reason: 'has it scraped', resource, path};
      yield {origin: 'monitoring', from, to: workload, ports, why};
    }
  }

  /** The pods of one object call each other, as their operator has them do. */
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

  /** Requests come to Knative's pods by way of its own, which scale them as well. */
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

  *#toDns(): Iterable<Connection> {
    const to = outside(this.#policy.networkPolicy.dns, 'DNS');
    const why = {reason: 'names are resolved by the DNS of the cluster'};
    const ports = (['UDP', 'TCP'] as const).map(protocol => ({protocol, port: 53}));
    for (const from of this.#workloads) yield {origin: 'dns', from, to, ports, why};
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

  /** What is exposed on purpose takes connections from anywhere, or from where the Service says. */
  *#exposed(): Iterable<Connection> {
    const reason = 'is declared as exposed on purpose';
    for (const service of this.#services) {
      const {resource} = service;
      if (!isOpenOutside(service) || !this.#isExposed(service)) continue;
      const why = {reason, resource, path: ['spec', 'type']};
      yield* connectionsTo(this.#targets, service, undefined, {
        origin: 'exposed',
        from: clientsOf(service),
        why,
      });
    }
    const routes = [...ingressBackends(this.#stream), ...gatewayBackends(this.#stream)];
    yield* this.#backends(
      'exposed',
      routes.filter(each => this.#isExposed(each)),
      anywhere,
      reason,
    );
  }

  #isExposed({resource}: {readonly resource: Resource}): boolean {
    return this.#policy.exposed.some(({match}) => selects(match, resource));
  }

  *#declared(): Iterable<Connection> {
    for (const {from, to, ports, reason} of this.#policy.networkPolicy.connections) {
      const why = {reason: `the policy declares it: ${reason}`};
      for (const source of this.#peersOf(from)) {
        for (const target of this.#peersOf(to)) {
          const numbers = isOutside(target) ? ports : numbered(target, ports);
          yield {origin: 'declared', from: source, to: target, ports: numbers, why};
        }
      }
    }
  }

  #peersOf(peer: DeclaredPeer): readonly Peer[] {
    if (!('workload' in peer)) return [outside([peer])];
    return this.#workloads.filter(({resource}) => selects(peer.workload, resource));
  }
}

/** Whether not more than a few things that ask for the same have been counted in `asked`. */
function isOneOfFew(asked: Map<string, number>, what: readonly unknown[]): boolean {
  const key = JSON.stringify(what);
  const count = (asked.get(key) ?? 0) + 1;
  asked.set(key, count);
  return count <= mostReasons;
}

/** Of Services that lead to the same ports of the same pods, the first. */
function eachOnce(services: readonly Service[]): Iterable<Service> {
  if (services.length < 2) return services;
  const first = new Map<string, Service>();
  for (const service of services) {
    const {selector, ports, isHeadless, resource} = service;
    const key = JSON.stringify([selector, ports, isHeadless, resource.namespace]);
    if (!first.has(key)) first.set(key, service);
  }
  return first.values();
}

/** The ports of a Service that a backend means; undefined stands for all. */
function portsAsked(
  {port, targetPort: target}: Backend,
  {ports}: Service,
): readonly (number | string | undefined)[] {
  if (target === undefined) return [port];
  return ports
    .filter(({name, target: own}) => name === target || own === target)
    .map(({number}) => number);
}

/** What the names of Services that pods are given show. */
const referred: readonly Origin[] = ['reference', 'address', 'peers'];

const knativeServing = 'serving.knative.dev';

/** How many connections of one direction are worked out for one stream. */
const mostConnections = 1_000_000;
const tooManyConnections = `the stream shows more than ${mostConnections.toLocaleString('en')} connections between its parts: split it`;

/** Whether a Service opens a port of the nodes, or of a load balancer. */
const isOpenOutside = ({type}: Service): boolean => type === 'LoadBalancer' || type === 'NodePort';

/** The API server's own port and that of its Service: a policy may be held before or after NAT. */
const apiServerPorts = [443, 6443];

/** Where it is guessed, its name says so. */
const apiServerOf = (settings: NetworkPolicySettings): Outside =>
  outside(
    settings.apiServer,
    isApiServerUnknown(settings) ? 'the API server, at any private address' : 'the API server',
  );
