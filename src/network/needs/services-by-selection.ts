import type {Service, ServicePort} from '../../kubernetes/service.ts';

/**
 * The Services, those together that select the same pods: what many Services say of many pods is to
 * be looked at once.
 */
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

/** One Service for several that select the same pods, with each port once that they lead to. */
export function joined(services: readonly [Service, ...Service[]]): Service {
  const ports = new Map<string, ServicePort>();
  for (const port of services.flatMap(service => service.ports)) {
    ports.set(`${port.protocol}/${port.target}`, port);
  }
  return {...services[0], ports: [...ports.values()]};
}
