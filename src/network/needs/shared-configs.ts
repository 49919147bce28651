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

/** The fewest readers, and the fewest Services, for which a configuration says little about who calls whom. */
export const fewestReaders = 4;
export const fewestServices = 3;

/** Collects what the configurations of a stream name, and who reads them. */
export class SharedConfigs {
  readonly #configs = new Map<Resource, Config>();

  add({origin, from, why: {reason, resource}}: Connection): void {
    if (origin !== 'reference' || resource === undefined || isOutside(from)) return;
    if (resource.kind !== 'ConfigMap' && resource.kind !== 'Secret') return;
    const {readers, names} = this.#configs.get(resource) ?? {readers: new Set(), names: new Set()};
    this.#configs.set(resource, {readers: readers.add(from), names: names.add(reason)});
  }

  /** Those that name the same many Services to many workloads. */
  *all(): Iterable<SharedConfig> {
    const copies = new Map<string, Config & {readonly resource: Resource}>();
    for (const [resource, {readers, names}] of this.#configs) {
      const [reader] = readers;
      // A pod's own name is no connection: without another reader, nothing shows that its copy has it, too.
      const own = reader === undefined ? '' : `names the Service "${reader.resource.name}"`;
      const all = readers.size === 1 ? new Set(names).add(own) : names;
      if (all.size < fewestServices) continue;
      const key = [...all].sort().join('\n');
      const known = copies.get(key) ?? {resource, readers: new Set(), names: all};
      copies.set(key, known);
      for (const each of readers) known.readers.add(each);
    }
    for (const {resource, readers, names} of copies.values()) {
      if (readers.size < fewestReaders) continue;
      yield {resource, readers: readers.size, services: names.size};
    }
  }
}

/** The readers of a configuration, and what it names. */
interface Config {
  readonly readers: Set<Workload>;
  readonly names: Set<string>;
}
