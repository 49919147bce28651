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
  readonly workloads: readonly Workload[];
}

/** The hosts outside of a stream that its workloads are configured with, each with its port once. */
export function outsideNamesIn(
  stream: StreamIndex,
  byName: NameIndex<Service>,
): readonly OutsideName[] {
  const configs = new ConfigIndex(stream);
  const read = new Map<Resource, ReadonlyMap<string, readonly OutsideHost[]>>();
  const found = new Map<string, OutsideHost & {readonly workloads: Set<Workload>}>();
  const hostsOf = (config: Resource) => {
    const known = read.get(config) ?? hostsByKey(config);
    read.set(config, known);
    return known;
  };
  for (const workload of stream.workloads) {
    for (const host of hostsFor(workload, configs, hostsOf)) {
      const {service} = host;
      if (service !== undefined && byName.find(service.name, service.namespace).length > 0)
        continue;
      const key = `${host.host}:${host.port ?? ''}`;
      const known = found.get(key) ?? {...host, workloads: new Set()};
      found.set(key, known);
      known.workloads.add(workload);
    }
  }
  return [...found.values()].map(each => ({...each, workloads: [...each.workloads]}));
}

function* hostsFor(
  workload: Workload,
  configs: ConfigIndex,
  hostsOf: (config: Resource) => ReadonlyMap<string, readonly OutsideHost[]>,
): Iterable<OutsideHost> {
  const {namespace} = workload.resource;
  const environments = environmentsOf(workload, configs.seenFrom(namespace));
  for (const {text} of ownTextsOf(workload, environments)) yield* outsideHostsIn(text);
  const seen = new Set<readonly OutsideHost[]>();
  for (const {kind, name, keys} of configsOf(workload, environments)) {
    for (const config of configs.find({kind, name}, namespace)) {
      for (const [key, hosts] of hostsOf(config)) {
        if (seen.has(hosts) || keys?.has(key) === false) continue;
        seen.add(hosts);
        yield* hosts;
      }
    }
  }
}

/** By key, each host with its port once; keys without any are left out. */
function hostsByKey(config: Resource): ReadonlyMap<string, readonly OutsideHost[]> {
  const byKey = new Map<string, readonly OutsideHost[]>();
  for (const {key, text} of configTextsOf(config)) {
    const hosts = [...outsideHostsIn(text)].map(
      each => [`${each.host}:${each.port}`, each] as const,
    );
    if (hosts.length > 0) byKey.set(key, [...new Map(hosts).values()]);
  }
  return byKey;
}
