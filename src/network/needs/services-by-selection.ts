import type {Service, ServicePort} from '../../kubernetes/service.ts';
import {portsAskedFor} from './service-targets.ts';

/** The Services, grouped by the pods that they select, so that each group is evaluated once. */
export function bySelection(
  services: readonly Service[],
): Iterable<readonly [Service, ...Service[]]> {
  const groups = new Map<string, [Service, ...Service[]]>();
  for (const service of services) {
    const {selector, resource, isHeadless, ports} = service;
    const isWithoutPorts = ports.length === 0;
    const key = JSON.stringify([selector, resource.namespace, isHeadless, isWithoutPorts]);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [service]);
    else known.push(service);
  }
  return groups.values();
}

/** Finds Services that lead to the same pods, and ports that lead to the same ports. */
export class Selections {
  readonly #services: readonly Service[];
  #groups: ReadonlyMap<Service, Group> | undefined;

  constructor(services: readonly Service[]) {
    this.#services = services;
  }

  /** The first Service that selects the same pods, so that they need to be found only once. */
  firstOf = (service: Service): Service => this.#groupOf(service)?.first ?? service;

  /** A key that is the same for Services that select the same pods and lead to the same ports. */
  leadOf(service: Service, wanted?: number | string): string {
    const targets = portsAskedFor(service, wanted).map(port => `${port.protocol}/${port.target}`);
    return `${this.#groupOf(service)?.number} ${targets.join()}`;
  }

  #groupOf(service: Service): Group | undefined {
    this.#groups ??= groupsOf(this.#services);
    return this.#groups.get(service);
  }
}

/** Services that select the same pods. */
interface Group {
  readonly first: Service;
  readonly number: number;
}

function groupsOf(services: readonly Service[]): ReadonlyMap<Service, Group> {
  const groups = new Map<Service, Group>();
  for (const [number, same] of [...bySelection(services)].entries()) {
    for (const service of same) groups.set(service, {first: same[0], number});
  }
  return groups;
}

/** One Service for several that select the same pods, with each of their ports once. */
export function joined(services: readonly [Service, ...Service[]]): Service {
  const ports = new Map<string, ServicePort>();
  for (const port of services.flatMap(service => service.ports)) {
    ports.set(`${port.protocol}/${port.target}`, port);
  }
  return {...services[0], ports: [...ports.values()]};
}
