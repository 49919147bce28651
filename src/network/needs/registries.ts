import type {Resource} from '../../kubernetes/resource.ts';
import type {StreamIndex} from '../../kubernetes/stream-index.ts';
import type {Workload} from '../../kubernetes/workload.ts';
import {memoized} from '../../memoized.ts';
import {ConfigIndex} from './config-index.ts';
import {type Connection, isOutside} from './connection.ts';
import {environmentsOf, noValues} from './pod-env.ts';
import {configsOf, configTextsOf, ownTextsOf} from './pod-texts.ts';

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

/** The same in a file: `eureka.client.enabled=true`, or the key of a map in YAML. */
const property =
  /^[ \t]*(?:(?:spring|cloud|quarkus|micronaut)\.)*(eureka|consul|nacos)(?:\.[\w.-]+[ \t]*[=:]|[ \t]*:)/im;

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
   * The workloads of the stream that others probably find in a registry, with its name: that of the registry in the stream,
   * or of the kind that they are configured for.
   */
  *registered(stream: StreamIndex): Iterable<readonly [Workload, string]> {
    const configs = new ConfigIndex(stream);
    const known = new Map<Workload, string>();
    for (const {server, clients} of this.all()) {
      for (const client of clients) known.set(client, server.resource.name);
    }
    for (const workload of stream.workloads) {
      if (isRegistry(workload)) continue;
      const name = known.get(workload) ?? kindOf(workload, configs);
      if (name !== undefined) yield [workload, name];
    }
  }
}

/** The kind of registry that the pod itself or a configuration that it reads names. */
function kindOf(workload: Workload, configs: ConfigIndex): string | undefined {
  const environments = environmentsOf(workload, noValues);
  for (const {setting = '', text} of ownTextsOf(workload, environments)) {
    const kind = kindIn(setting) ?? (/^-/.test(text) ? kindIn(text) : undefined);
    if (kind !== undefined) return kind;
  }
  for (const {kind, name, keys, variable = ''} of configsOf(workload, environments)) {
    const own = kindIn(variable);
    if (own !== undefined) return own;
    for (const config of configs.find({kind, name}, workload.resource.namespace)) {
      for (const [key, named] of kindsByKey(config)) {
        if (keys === undefined || keys.has(key)) return named;
      }
    }
  }
  return undefined;
}

const kindIn = (setting: string): string | undefined => settings.exec(setting)?.[1]?.toLowerCase();

/** The keys of a ConfigMap or Secret that configure a client of a registry, with its kind. */
const kindsByKey = memoized(
  (config: Resource): ReadonlyMap<string, string> =>
    new Map(
      [...configTextsOf(config)].flatMap(({key, text}) => {
        const kind = kindIn(key) ?? property.exec(text)?.[1]?.toLowerCase();
        return kind === undefined ? [] : [[key, kind] as const];
      }),
    ),
);

function isRegistry({resource, pod}: Workload): boolean {
  const found = pod.containers.flatMap(({value}) =>
    typeof value['image'] === 'string' ? [value['image']] : [],
  );
  if (found.some(image => images.test(image))) return true;
  return names.test(resource.name) && ![resource.name, ...found].some(text => ofOthers.test(text));
}
