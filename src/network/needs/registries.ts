import type {Resource} from '../../kubernetes/resource.ts';
import type {Workload} from '../../kubernetes/workload.ts';
import {type Connection, isOutside} from './connection.ts';

/** A registry by which workloads find each other at run time, and those that use it. */
export interface Registry {
  /** The first workload behind its Service. */
  readonly server: Workload;
  readonly clients: readonly Resource[];
}

const names =
  /(?:^|[-.])(?:eureka|consul|nacos|zookeeper|registry|discovery|discovery-server|polaris)(?:$|[-.])/;
const images = /(?:^|[/-])(?:eureka|consul|nacos)(?:[-:@]|$)/;

/** Collects the clients of Consul, Eureka, Nacos and the like. */
export class Registries {
  readonly #clients = new Map<Workload, Set<Resource>>();

  add({origin, from, to}: Connection): void {
    if (origin !== 'reference' || isOutside(from) || isOutside(to) || from === to) return;
    if (!isRegistry(to)) return;
    const known = this.#clients.get(to) ?? new Set();
    this.#clients.set(to, known.add(from.resource));
  }

  /** Those with several clients. */
  *all(): Iterable<Registry> {
    for (const [server, clients] of this.#clients) {
      if (clients.size > 1) yield {server, clients: [...clients]};
    }
  }
}

const isRegistry = ({resource, pod}: Workload): boolean =>
  names.test(resource.name) ||
  pod.containers.some(
    ({value}) => typeof value['image'] === 'string' && images.test(value['image']),
  );
