import type {Workload} from '../../kubernetes/workload.ts';
import {type Connection, isOutside} from './connection.ts';
import {ownTextsOf} from './pod-texts.ts';

/** A registry by which workloads find each other at run time, and those that use it. */
export interface Registry {
  /** The first workload behind its Service. */
  readonly server: Workload;
  readonly clients: readonly Workload[];
}

const names =
  /(?:^|[-.])(?:eureka|consul|nacos|zookeeper|registry|discovery|discovery-server|polaris)(?:$|[-.])/;
const images = /(?:^|[/-])(?:eureka|consul|nacos)(?:[-:@]|$)/;
/** Registries of images, schemas and the like have clients that do not find each other there. */
const ofOthers =
  /(?:image|container|docker|oci|schema|model|chart|package|npm)s?-registry|(?:^|\/)(?:[\w-]*schema-)?registry(?:-photon)?(?:[:@]|$)|(?:^|\/)distribution(?:[:@]|$)/;

/** Settings of the clients of such registries, as words in names of variables, in options and in properties. */
const settings = /(?:^|[^a-z]|-D)(eureka|consul|nacos)(?:$|[^a-z])/i;

/** Collects the clients of Consul, Eureka, Nacos and the like. */
export class Registries {
  readonly #clients = new Map<Workload, Set<Workload>>();

  add({origin, from, to}: Connection): void {
    if (origin !== 'reference' || isOutside(from) || isOutside(to) || from === to) return;
    if (!isRegistry(to)) return;
    const known = this.#clients.get(to) ?? new Set();
    this.#clients.set(to, known.add(from));
  }

  /** Those with several clients. */
  *all(): Iterable<Registry> {
    for (const [server, clients] of this.#clients) {
      if (clients.size > 1) yield {server, clients: [...clients]};
    }
  }

  /**
   * Those among `workloads` that others probably find in a registry, with its name: that of the registry in the stream, or
   * of the kind that they are configured for.
   */
  *registered(workloads: readonly Workload[]): Iterable<readonly [Workload, string]> {
    const known = new Map<Workload, string>();
    for (const {server, clients} of this.all()) {
      for (const client of clients) known.set(client, server.resource.name);
    }
    for (const workload of workloads) {
      if (isRegistry(workload)) continue;
      const name = known.get(workload) ?? kindOf(workload);
      if (name !== undefined) yield [workload, name];
    }
  }
}

function kindOf(workload: Workload): string | undefined {
  for (const {setting = '', text} of ownTextsOf(workload)) {
    const found = settings.exec(setting) ?? (/^-/.test(text) ? settings.exec(text) : null);
    if (found?.[1] !== undefined) return found[1].toLowerCase();
  }
  return undefined;
}

function isRegistry({resource, pod}: Workload): boolean {
  const found = pod.containers.flatMap(({value}) =>
    typeof value['image'] === 'string' ? [value['image']] : [],
  );
  if (found.some(image => images.test(image))) return true;
  return names.test(resource.name) && ![resource.name, ...found].some(text => ofOthers.test(text));
}
