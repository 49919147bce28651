import {NameIndex} from '../../kubernetes/name-index.ts';
import {type Service, servicesOf} from '../../kubernetes/service.ts';
import type {StreamIndex} from '../../kubernetes/stream-index.ts';
import type {Backend} from './backend.ts';
import {type Connection, mostReasons, type Origin, type Outside} from './connection.ts';
import {connectionsTo, ServiceTargets} from './service-targets.ts';

/** The Services of a stream, and the pods behind them. */
export interface Services {
  readonly all: readonly Service[];
  readonly byName: NameIndex<Service>;
  readonly targets: ServiceTargets;
}

export function servicesIn(stream: StreamIndex): Services {
  const all = servicesOf(stream);
  const byName = new NameIndex<Service>();
  for (const service of all) byName.addResource(service.resource, service);
  return {all, byName, targets: new ServiceTargets(stream.pods)};
}

/**
 * The connections to the pods behind a backend, from the senders, or from those that the backend
 * itself names.
 */
export function* backendConnections(
  {byName, targets}: Services,
  backends: Iterable<Backend>,
  {
    origin,
    from,
    reason,
  }: {readonly origin: Origin; readonly from: Outside; readonly reason: string},
): Iterable<Connection> {
  const asked = new Map<string, number>();
  for (const backend of backends) {
    const {name, namespace, resource, path, senders} = backend;
    if (!isOneOfFew(asked, [name, namespace, backend.port, backend.targetPort, senders])) continue;
    const isKnown = senders !== undefined && from.peers.length > 0 && origin === 'route';
    const sender = isKnown ? {...from, peers: senders} : from;
    for (const service of eachOnce(byName.find(name, namespace))) {
      for (const port of portsAsked(backend, service)) {
        const why = {reason, resource, path};
        yield* connectionsTo(targets, service, port, {origin, from: sender, why});
      }
    }
  }
}

/** Whether only a few things that ask for the same have been counted in `asked`. */
export function isOneOfFew(asked: Map<string, number>, what: readonly unknown[]): boolean {
  const key = JSON.stringify(what);
  const count = (asked.get(key) ?? 0) + 1;
  asked.set(key, count);
  return count <= mostReasons;
}

/** The first of the Services that lead to the same ports of the same pods. */
export function eachOnce(services: readonly Service[]): Iterable<Service> {
  if (services.length < 2) return services;
  const first = new Map<string, Service>();
  for (const service of services) {
    const {selector, ports, isHeadless, resource} = service;
    const key = JSON.stringify([selector, ports, isHeadless, resource.namespace]);
    if (!first.has(key)) first.set(key, service);
  }
  return first.values();
}

/** The ports of a Service that a backend refers to; undefined stands for all. */
function portsAsked(
  {port, targetPort: target}: Backend,
  {ports}: Service,
): readonly (number | string | undefined)[] {
  if (target === undefined) return [port];
  return ports
    .filter(({name, target: own}) => name === target || own === target)
    .map(({number}) => number);
}
