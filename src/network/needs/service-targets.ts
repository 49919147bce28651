import type {ContainerPort} from '../../kubernetes/container-port.ts';
import type {Service, ServicePort} from '../../kubernetes/service.ts';
import type {PodSelection} from '../../kubernetes/stream-index.ts';
import type {Workload} from '../../kubernetes/workload.ts';
import type {PolicyPort} from '../../policy/network-policy.ts';
import type {Connection} from './connection.ts';

/** The pods behind Services, and the ports on which Services reach them. */
export class ServiceTargets {
  readonly #pods: PodSelection;
  readonly #workloads = new Map<Service, readonly Workload[]>();

  constructor(pods: PodSelection) {
    this.#pods = pods;
  }

  /** The workloads whose pods the Service selects. */
  workloadsOf(service: Service): readonly Workload[] {
    const known = this.#workloads.get(service);
    if (known !== undefined) return known;
    const {selector, resource} = service;
    const found =
      selector === undefined ? [] : this.#pods.select({matchLabels: selector}, resource.namespace);
    this.#workloads.set(service, found);
    return found;
  }
}

/** The connections to the pods behind a Service, on one of its ports or on all. */
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
 * The pods' ports behind a Service: all, or those behind the port that a client names by number
 * or by name. A headless Service is a name for the pods, which a client reaches on any port.
 */
export function targetPorts(
  workload: Workload,
  {ports, isHeadless}: Service,
  wanted?: number | string,
): readonly PolicyPort[] {
  if (isHeadless && ports.length === 0 && wanted === undefined) return declaredPorts(workload);
  const isWanted = ({name, number}: ServicePort) => wanted === name || wanted === number;
  const chosen = wanted === undefined ? ports : ports.filter(isWanted);
  if (chosen.length === 0 && isHeadless && typeof wanted === 'number') {
    return [portNumbered(workload, wanted, 'TCP')];
  }
  return chosen.flatMap(port => targetPort(workload, port));
}

/** Where a port of a Service leads: by name where the pod names it; nowhere where no pod does. */
export function targetPort(
  workload: Workload,
  {target, protocol}: Pick<ServicePort, 'target' | 'protocol'>,
): readonly PolicyPort[] {
  if (typeof target === 'number') return [portNumbered(workload, target, protocol)];
  const isNamed = workload.ports.some(port => port.name === target && port.protocol === protocol);
  return isNamed ? [{protocol, port: target}] : [];
}

/** Each port that the containers declare: by name where it has one, since a pod may move its number. */
export const declaredPorts = (workload: Workload): readonly PolicyPort[] =>
  workload.ports.map(({name, number, protocol}) => ({protocol, port: name ?? number}));

function portNumbered(
  workload: Workload,
  number: number,
  protocol: ContainerPort['protocol'],
): PolicyPort {
  const declared = workload.ports.find(
    port => port.number === number && port.protocol === protocol && port.name !== undefined,
  );
  return {protocol, port: declared?.name ?? number};
}
