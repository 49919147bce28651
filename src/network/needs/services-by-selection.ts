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
  readonly #firsts = new Map<Service, Service>();
  readonly #numbers = new Map<Service, number>();

  constructor(services: readonly Service[]) {
    let number = 0;
    for (const same of bySelection(services)) {
      for (const service of same) {
        this.#firsts.set(service, same[0]);
        this.#numbers.set(service, number);
      }
      number += 1;
    }
  }

  /** The first Service that selects the same pods, so that they need to be found only once. */
  firstOf = (service: Service): Service => this.#firsts.get(service) ?? service;

  /** A key that is the same for Services that select the same pods and lead to the same ports. */
  leadOf(service: Service, wanted?: number | string): string {
    const targets = portsAskedFor(service, wanted).map(port => `${port.protocol}/${port.target}`);
    return `${this.#numbers.get(service)} ${targets.join()}`;
  }
}

/** One Service for several that select the same pods, with each of their ports once. */
export function joined(services: readonly [Service, ...Service[]]): Service {
  const ports = new Map<string, ServicePort>();
  for (const port of services.flatMap(service => service.ports)) {
    ports.set(`${port.protocol}/${port.target}`, port);
  }
  return {...services[0], ports: [...ports.values()]};
}
