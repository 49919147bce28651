import type {Service, ServicePort} from '../../kubernetes/service.ts';
import type {PodSelection} from '../../kubernetes/stream-index.ts';
import {WorkLimit} from '../../kubernetes/work-limit.ts';
import type {Workload} from '../../kubernetes/workload.ts';
import type {PolicyPort} from '../../policy/network-policy.ts';
import {grouped} from '../../text/grouped.ts';
import type {Connection} from './connection.ts';

/** How often the pods behind Services may be looked up in one stream. */
const mostReached = 10_000_000;
const tooManyReached = `the stream has more than ${grouped(mostReached)} paths from clients through Services to pods: split it`;

/** The pods behind Services, and the ports that lead to them. */
export class ServiceTargets {
  readonly #pods: PodSelection;
  readonly #workloads = new Map<Service, readonly Workload[]>();
  readonly #reached = new WorkLimit(mostReached, tooManyReached);

  constructor(pods: PodSelection) {
    this.#pods = pods;
  }

  /** The workloads that the Service selects. */
  workloadsOf(service: Service): readonly Workload[] {
    const known = this.#workloads.get(service) ?? this.#find(service);
    this.#reached.count(known.length + 1);
    return known;
  }

  #find(service: Service): readonly Workload[] {
    const {selector, resource} = service;
    const found =
      selector === undefined ? [] : this.#pods.select({matchLabels: selector}, resource.namespace);
    this.#workloads.set(service, found);
    return found;
  }
}

/** The connections to the pods behind a Service, on one or all of its ports. */
export function* connectionsTo(
  targets: ServiceTargets,
  service: Service,
  port: number | string | undefined,
  rest: Pick<Connection, 'origin' | 'from' | 'why'>,
): Iterable<Connection> {
  for (const to of targets.workloadsOf(service)) {
    const ports = targetPorts(to, service, port);
    if (ports.length > 0) yield {...rest, to, ports};
  }
}

/**
 * The ports of the pods behind a Service: all, or those for the port that a client uses, by number
 * or name. A headless Service is only a name for the pods, which clients can reach on any port.
 */
export function targetPorts(
  workload: Workload,
  service: Service,
  wanted?: number | string,
): readonly PolicyPort[] {
  const {ports, isHeadless} = service;
  if (isHeadless && ports.length === 0 && wanted === undefined) return declaredPorts(workload);
  const chosen = portsAskedFor(service, wanted);
  if (chosen.length === 0 && isHeadless && typeof wanted === 'number') {
    return [{protocol: 'TCP', port: wanted}];
  }
  return chosen.flatMap(port => targetPort(workload, port));
}

/** The ports of the Service that a client uses, by number or name; without `wanted`, all. */
export function portsAskedFor(
  {ports}: Service,
  wanted: number | string | undefined,
): readonly ServicePort[] {
  const isWanted = ({name, number}: ServicePort) => wanted === name || wanted === number;
  return wanted === undefined ? ports : ports.filter(isWanted);
}

/**
 * The target of a Service port, by number: plugins drop named ports next to `ipBlock`s, and a name
 * that occurs twice in a pod means both ports. Empty if no container has a port with that name.
 */
export function targetPort(
  {ports}: Pick<Workload, 'ports'>,
  {target, protocol}: Pick<ServicePort, 'target' | 'protocol'>,
): readonly PolicyPort[] {
  if (typeof target === 'number') return [{protocol, port: target}];
  return ports
    .filter(port => port.name === target && port.protocol === protocol)
    .map(({number}) => ({protocol, port: number}));
}

/**
 * The targets of a Service for which the pods have no port: the name of the port, or of the
 * Service.
 */
export const deadEndsOf = ({ports}: Workload, service: Service): readonly string[] => {
  const isNameless = service.isHeadless && service.ports.length === 0;
  if (isNameless) return ports.length === 0 ? [`the Service "${service.resource.name}"`] : [];
  return service.ports
    .filter(port => targetPort({ports}, port).length === 0)
    .map(({target}) => `the port "${target}"`);
};

/** Each port that the containers declare, by number. */
export const declaredPorts = ({ports}: Workload): readonly PolicyPort[] =>
  ports.map(({number, protocol}) => ({protocol, port: number}));

/** `ports` by number, if the pods show it: a name that no container uses is kept. */
export const numbered = (workload: Workload, ports: readonly PolicyPort[]): readonly PolicyPort[] =>
  ports.flatMap(each => {
    const {port: target, protocol} = each;
    const found = typeof target === 'number' ? [] : targetPort(workload, {target, protocol});
    return found.length === 0 ? [each] : found;
  });
