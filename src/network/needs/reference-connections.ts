import type {Service} from '../../kubernetes/service.ts';
import type {StreamIndex} from '../../kubernetes/stream-index.ts';
import type {Workload} from '../../kubernetes/workload.ts';
import {alertmanagersOf} from './alerting.ts';
import type {Services} from './backend-connections.ts';
import type {Connection, Evidence} from './connection.ts';
import {type EndpointAddresses, EndpointIndex} from './endpoint-addresses.ts';
import {type Reference, ReferenceFinder} from './references.ts';
import {amongReplicas} from './replicas.ts';
import {type Lead, ServiceLeads} from './service-leads.ts';
import {connectionsTo} from './service-targets.ts';

/** The client, and what shows it. */
type Ends = Pick<Connection, 'from' | 'why'>;

/** The longest chain of names that stand for other names. */
const mostLeads = 4;

/**
 * The connections of workloads to the Services whose names they are given. A destination that needs
 * a declaration is a connection without peers.
 */
export function* referencesIn(stream: StreamIndex, services: Services): Iterable<Connection> {
  const finder = new ReferenceFinder(stream, services.all);
  const walk = new LeadWalk(stream, services);
  const endpoints = new EndpointIndex(stream);
  for (const from of stream.workloads) {
    const seen = new Seen();
    yield* toAlertmanagers(from, services);
    for (const reference of finder.referencesOf(from)) {
      const {service, port, isAddress} = reference;
      const isOwn = services.targets.workloadsOf(service).includes(from);
      if (isOwn && service.isHeadless) yield amongReplicas(service, from);
      // A pod that knows its own name need not call itself, or others of that name.
      else if (isOwn && !isAddress) continue;
      const ends = {from, why: whyOf(reference)};
      for (const connection of walk.from(service, port, ends, seen)) {
        if (connection.to !== from || isAddress) yield connection;
      }
      yield* toAddresses(endpoints.of(service), ends);
    }
  }
}

const whyOf = ({service, resource, path}: Reference): Evidence => ({
  reason: `names the Service "${service.resource.name}"`,
  resource,
  path,
});

/** The leads that a client has followed, and the resulting names with their ports. */
class Seen {
  readonly #ports = new Map<Lead | string, Set<number | string | undefined>>();

  isNew(lead: Lead | string, port: number | string | undefined): boolean {
    const ports = this.#ports.get(lead) ?? new Set();
    this.#ports.set(lead, ports);
    return ports.size < ports.add(port).size;
  }
}

/** Follows the destinations of Services. */
class LeadWalk {
  readonly #services: Services;
  readonly #leads: ServiceLeads;

  constructor(stream: StreamIndex, services: Services) {
    this.#services = services;
    this.#leads = new ServiceLeads(stream, services.all, services.byName);
  }

  /**
   * What a client of a Service reaches: its pods, and its other destinations. A lead that the
   * client has `seen` is not followed again, because many Services may share one.
   */
  *from(
    service: Service,
    port: number | string | undefined,
    ends: Ends,
    seen: Seen,
    depth = 0,
  ): Iterable<Connection> {
    yield* connectionsTo(this.#services.targets, service, port, {origin: 'reference', ...ends});
    if (depth === mostLeads) return;
    for (const lead of this.#leads.of(service)) {
      const isName = lead.host !== undefined;
      if (!seen.isNew(lead, isName ? port : undefined)) continue;
      let isFound = false;
      for (const backend of lead.backends) {
        const found = this.#services.byName.find(backend.name, backend.namespace);
        const wanted = isName ? port : backend.port;
        isFound ||= found.length > 0;
        if (!seen.isNew(`${backend.namespace ?? ''}/${backend.name}`, wanted)) continue;
        for (const next of found) yield* this.from(next, wanted, ends, seen, depth + 1);
      }
      if (isName && !isFound) yield unopened(`"${lead.host}"`, ends);
    }
  }
}

function* toAlertmanagers(from: Workload, {byName, targets}: Services): Iterable<Connection> {
  for (const {name, namespace, port, resource, path} of alertmanagersOf(from)) {
    for (const service of byName.find(name, namespace)) {
      const why = {reason: `sends alerts to the Service "${name}"`, resource, path};
      yield* connectionsTo(targets, service, port, {origin: 'reference', from, why});
    }
  }
}

function* toAddresses(endpoints: readonly EndpointAddresses[], ends: Ends): Iterable<Connection> {
  for (const {open, others, ports} of endpoints) {
    if (open.length > 0) yield {origin: 'address', ...ends, to: {peers: open}, ports};
    if (others.length > 0) yield unopened(addressesText(others), ends);
  }
}

function addressesText([first = '', ...others]: readonly string[]): string {
  return others.length === 0 ? first : `${first} and ${others.length} other addresses`;
}

const unopened = (name: string, ends: Ends): Connection => ({
  origin: 'address',
  ...ends,
  to: {name, peers: []},
  ports: [],
});
