import type {Resource} from '../../kubernetes/resource.ts';
import type {Workload} from '../../kubernetes/workload.ts';
import {type Connection, isOutside} from './connection.ts';

/** Services that many workloads name together, because they share a configuration or have copies of it. */
export interface SharedConfig {
  /** The first configuration. */
  readonly resource: Resource;
  readonly readers: number;
  readonly services: number;
}

/** The fewest readers and Services for which a configuration says little about who calls whom. */
const fewest = 5;

/** Collects what the configurations of a stream name, and who reads them. */
export class SharedConfigs {
  readonly #names = new Map<Workload, Map<Resource, Set<string>>>();

  add({origin, from, why: {reason, resource}}: Connection): void {
    if (origin !== 'reference' || resource === undefined || isOutside(from)) return;
    if (resource.kind !== 'ConfigMap' && resource.kind !== 'Secret') return;
    const configs = this.#names.get(from) ?? new Map<Resource, Set<string>>();
    this.#names.set(from, configs);
    configs.set(resource, (configs.get(resource) ?? new Set()).add(reason));
  }

  /** Those that name the same many Services to many workloads. */
  *all(): Iterable<SharedConfig> {
    const groups = new Map<
      string,
      {readonly resource: Resource; readonly readers: Set<Workload>}
    >();
    const sizes = new Map<string, number>();
    for (const [reader, configs] of this.#names) {
      for (const [resource, names] of configs) {
        if (names.size < fewest) continue;
        // A pod's own name is no connection, but is in what it shares with others.
        const all = new Set(names).add(`names the Service "${reader.resource.name}"`);
        const key = [...all].sort().join('\n');
        const group = groups.get(key) ?? {resource, readers: new Set()};
        groups.set(key, group);
        group.readers.add(reader);
        sizes.set(key, all.size);
      }
    }
    for (const [key, {resource, readers}] of groups) {
      if (readers.size < fewest) continue;
      yield {resource, readers: readers.size, services: sizes.get(key) ?? 0};
    }
  }
}
