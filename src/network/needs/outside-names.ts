import type {NameIndex} from '../../kubernetes/name-index.ts';
import type {Resource} from '../../kubernetes/resource.ts';
import type {Service} from '../../kubernetes/service.ts';
import type {StreamIndex} from '../../kubernetes/stream-index.ts';
import type {Workload} from '../../kubernetes/workload.ts';
import {ConfigIndex} from './config-index.ts';
import {type OutsideHost, outsideHostsIn} from './outside-hosts.ts';
import {environmentsOf} from './pod-env.ts';
import {configsOf, configTextsOf, ownTextsOf} from './pod-texts.ts';

/** A host outside of the stream, and the workloads that are configured with it. */
export interface OutsideName extends OutsideHost {
  /** A list for each configuration that names it, which its readers share. */
  readonly readers: readonly (readonly Workload[])[];
}

/**
 * The hosts outside of a stream that its workloads are configured with, each with its port once.
 * Each configuration is read once, and has its readers as one list: many may read one that names
 * many hosts.
 */
export function outsideNamesIn(
  stream: StreamIndex,
  byName: NameIndex<Service>,
): readonly OutsideName[] {
  const configs = new ConfigIndex(stream);
  const read = new Map<Resource, ReadonlyMap<string, readonly OutsideHost[]>>();
  const readers = new Map<readonly OutsideHost[], Workload[]>();
  for (const workload of stream.workloads) {
    for (const hosts of listsFor(workload, configs, read)) {
      const known = readers.get(hosts);
      if (known === undefined) readers.set(hosts, [workload]);
      else if (known.at(-1) !== workload) known.push(workload);
    }
  }
  const found = new Map<string, OutsideHost & {readonly readers: (readonly Workload[])[]}>();
  for (const [hosts, workloads] of readers) {
    for (const host of hosts) {
      const {service} = host;
      if (service !== undefined && byName.find(service.name, service.namespace).length > 0)
        continue;
      const key = `${host.host}:${host.port ?? ''}`;
      const known = found.get(key);
      if (known === undefined) found.set(key, {...host, readers: [workloads]});
      else known.readers.push(workloads);
    }
  }
  return [...found.values()];
}

/** The hosts that a workload is configured with: a list for the pod itself, and one for each key that it reads. */
function* listsFor(
  workload: Workload,
  configs: ConfigIndex,
  read: Map<Resource, ReadonlyMap<string, readonly OutsideHost[]>>,
): Iterable<readonly OutsideHost[]> {
  const {namespace} = workload.resource;
  const environments = environmentsOf(workload, configs.seenFrom(namespace));
  const own = [...ownTextsOf(workload, environments)].flatMap(({text}) => [
    ...outsideHostsIn(text),
  ]);
  if (own.length > 0) yield own;
  for (const {kind, name, keys} of configsOf(workload, environments)) {
    for (const config of configs.find({kind, name}, namespace)) {
      const byKey = read.get(config) ?? hostsByKey(config);
      read.set(config, byKey);
      // All keys together are one list, so that its readers need not be told apart by key.
      if (keys === undefined) yield byKey.get('') ?? [];
      else for (const key of keys) yield byKey.get(`/${key}`) ?? [];
    }
  }
}

/** The hosts under each key, which begins with a slash, and those under all keys together. */
function hostsByKey(config: Resource): ReadonlyMap<string, readonly OutsideHost[]> {
  const byKey = new Map<string, readonly OutsideHost[]>();
  for (const {key, text} of configTextsOf(config)) {
    const hosts = [...outsideHostsIn(text)];
    if (hosts.length > 0) byKey.set(`/${key}`, hosts);
  }
  return byKey.set('', [...byKey.values()].flat());
}
