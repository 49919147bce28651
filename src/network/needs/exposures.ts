import type {Resource} from '../../kubernetes/resource.ts';
import type {Service} from '../../kubernetes/service.ts';
import type {StreamIndex} from '../../kubernetes/stream-index.ts';
import type {Workload} from '../../kubernetes/workload.ts';
import {networkPolicyDefaults} from '../../policy/network-policy.ts';
import type {Policy} from '../../policy/policy.ts';
import {selects} from '../../policy/selector.ts';
import {backendConnections, eachOnce, isOneOfFew, type Services} from './backend-connections.ts';
import type {Connection} from './connection.ts';
import {FrontDoors} from './front-doors.ts';
import {clientsOf, unreadRangesOf} from './load-balancer-clients.ts';
import {balancerOf, clientsMeantBy, isOpenOutside, type MeantClients} from './meant-clients.ts';
import {anywhere} from './outside.ts';
import {gatewayBackends, ingressBackends, targetGroupBackends} from './routes.ts';
import {connectionsTo} from './service-targets.ts';
import {bySelection, joined} from './services-by-selection.ts';

/** External clients that seem to be intended, with the same addresses, and what they reach. */
export interface Meant {
  readonly clients: readonly MeantClients[];
  readonly connections: readonly Connection[];
}

/** The external clients of the pods in the stream, exposed on purpose or not. */
export class Exposures {
  readonly #stream: StreamIndex;
  readonly #policy: Pick<Policy, 'networkPolicy' | 'exposed' | 'workloads'>;
  readonly #services: Services;
  #meantFound: readonly Meant[] | undefined;

  constructor(
    stream: StreamIndex,
    policy: Pick<Policy, 'networkPolicy' | 'exposed' | 'workloads'>,
    services: Services,
  ) {
    this.#stream = stream;
    this.#policy = policy;
    this.#services = services;
  }

  /**
   * The undeclared Services that open each workload to external clients, except those that seem to
   * be intended, unless the policy has decided about them.
   */
  undeclaredServices(isDecided: boolean): ReadonlyMap<Workload, readonly Resource[]> {
    const meant = new Set(
      isDecided ? [] : this.meantClients().flatMap(({clients}) => clients.map(({by}) => by)),
    );
    const open = this.#services.all.filter(
      each => isOpenOutside(each) && !this.#isExposed(each) && !meant.has(each.resource),
    );
    return this.#byWorkload(open, ({resource}) => [resource]);
  }

  /** Undeclared external clients that something shows to be intended. */
  meantClients(): readonly Meant[] {
    this.#meantFound ??= [...this.#meantByServices(), ...this.#meantByBalancers()];
    return this.#meantFound;
  }

  *#meantByServices(): Iterable<Meant> {
    const open = this.#services.all.filter(each => isOpenOutside(each) && !this.#isExposed(each));
    const doors = new FrontDoors(this.#stream);
    for (const group of bySelection(open)) {
      const door = doors.reasonForSome(this.#services.targets.workloadsOf(group[0]));
      const found = group.flatMap(service => {
        const clients = clientsMeantBy(service, door);
        return clients === undefined ? [] : [{service, clients}];
      });
      for (const same of bySender(found)) {
        const [{clients}] = same;
        const service = joined(same.map(each => each.service) as [Service, ...Service[]]);
        yield this.#meantTo(
          service,
          undefined,
          same.map(each => each.clients),
          clients,
        );
      }
    }
  }

  #meantTo(
    service: Service,
    port: number | string | undefined,
    clients: readonly MeantClients[],
    {by: resource, path, from, evidence}: MeantClients,
  ): Meant {
    const why = {reason: evidence.join('; '), resource, path};
    const ends = {origin: 'meant', from, why} as const;
    return {clients, connections: [...connectionsTo(this.#services.targets, service, port, ends)]};
  }

  /** Unless the policy sets where the controllers are. */
  *#meantByBalancers(): Iterable<Meant> {
    const {ingressControllers} = this.#policy.networkPolicy;
    if (ingressControllers !== networkPolicyDefaults.ingressControllers) return;
    const asked = new Map<string, number>();
    const backends = [...ingressBackends(this.#stream), ...targetGroupBackends(this.#stream)];
    for (const backend of backends) {
      const {name, namespace, port} = backend;
      if (this.#isExposed(backend) || !isOneOfFew(asked, [name, namespace, port])) continue;
      for (const service of eachOnce(this.#services.byName.find(name, namespace))) {
        const clients = balancerOf(backend, service);
        if (clients !== undefined) yield this.#meantTo(service, port, [clients], clients);
      }
    }
  }

  /** The invalid ranges of load balancers that are exposed on purpose. */
  unreadRanges(): ReadonlyMap<Workload, readonly string[]> {
    const exposed = this.#services.all.filter(each => isOpenOutside(each) && this.#isExposed(each));
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
      for (const workload of this.#services.targets.workloadsOf(group[0])) {
        const known = told.get(workload);
        told.set(workload, known === undefined ? own : [...known, ...own]);
      }
    }
    return told;
  }

  /** External clients that something shows to be intended. */
  *meant(): Iterable<Connection> {
    for (const {connections} of this.meantClients()) yield* connections;
  }

  /** An exposed workload accepts connections from anywhere, or from the ranges of the Service. */
  *exposed(): Iterable<Connection> {
    const reason = 'is declared as exposed on purpose';
    for (const service of this.#services.all) {
      const {resource} = service;
      if (!isOpenOutside(service) || !this.#isExposed(service)) continue;
      const why = {reason, resource, path: ['spec', 'type']};
      yield* connectionsTo(this.#services.targets, service, undefined, {
        origin: 'exposed',
        from: clientsOf(service),
        why,
      });
    }
    const routes = [...ingressBackends(this.#stream), ...gatewayBackends(this.#stream)].filter(
      each => this.#isExposed(each),
    );
    yield* backendConnections(this.#services, routes, {origin: 'exposed', from: anywhere, reason});
  }

  #isExposed({resource}: {readonly resource: Resource}): boolean {
    const {exposed, workloads} = this.#policy;
    return exposed.some(({match}) => selects(match, resource, workloads));
  }
}

interface MeantByService {
  readonly service: Service;
  readonly clients: MeantClients;
}

/** Grouped by client addresses. */
function bySender(
  found: readonly MeantByService[],
): Iterable<[MeantByService, ...MeantByService[]]> {
  const groups = new Map<string, [MeantByService, ...MeantByService[]]>();
  for (const each of found) {
    const key = JSON.stringify(each.clients.from.peers);
    const same = groups.get(key);
    if (same === undefined) groups.set(key, [each]);
    else same.push(each);
  }
  return groups.values();
}
