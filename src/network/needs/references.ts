import type {Path} from '../../json.ts';
import {namespacesOf} from '../../kubernetes/former-names.ts';
import {NameIndex} from '../../kubernetes/name-index.ts';
import type {Resource} from '../../kubernetes/resource.ts';
import type {Service} from '../../kubernetes/service.ts';
import type {StreamIndex} from '../../kubernetes/stream-index.ts';
import type {Workload} from '../../kubernetes/workload.ts';
import {ConfigIndex, type ConfigQuery} from './config-index.ts';
import {type Host, type HostName, hostsIn} from './hosts-in-text.ts';
import {configQueriesOf} from './labelled-configs.ts';
import {environmentsOf} from './pod-env.ts';
import {type ConfigUse, configsOf, configTextsOf, ownTextsOf, type PodText} from './pod-texts.ts';
import {isNoHost} from './setting-names.ts';

/** The name of a Service in the configuration of a pod, with its place. */
export interface Reference {
  readonly service: Service;
  /** The port after the name. */
  readonly port?: number;
  readonly isAddress: boolean;
  readonly resource: Resource;
  readonly path: Path;
}

/** A host in a text, with its field. */
type Mention = Host & Omit<PodText, 'text' | 'setting'>;

/**
 * Finds the Services whose names a pod is given. Each text is read once, however many pods share
 * it, and each of its words is looked up in an index.
 */
export class ReferenceFinder {
  readonly #services = new NameIndex<Service>();
  readonly #configs: ConfigIndex;
  readonly #mentions = new Map<Resource, ReadonlyMap<string, readonly Mention[]>>();
  readonly #byQuery = new Map<string, readonly Mention[]>();

  constructor(stream: StreamIndex, services: readonly Service[]) {
    for (const service of services) {
      this.#services.addResource(service.resource, service);
    }
    this.#configs = new ConfigIndex(stream);
  }

  *referencesOf(workload: Workload): Iterable<Reference> {
    const {namespace} = workload.resource;
    for (const mention of this.#mentionsFor(workload)) {
      const {resource, path, names} = mention;
      const meant = names.find(host => this.#resolve(host, namespace).length > 0);
      if (meant === undefined) continue;
      const place = {resource, path, isAddress: meant.isAddress};
      for (const service of this.#resolve(meant, namespace)) {
        const port = mention.port ?? knownPort(service, mention.portBeside);
        yield {service, ...place, ...(port === undefined ? {} : {port})};
      }
    }
  }

  *#mentionsFor(workload: Workload): Iterable<Mention> {
    const {namespace} = workload.resource;
    const environments = environmentsOf(workload, this.#configs.seenFrom(namespace));
    for (const text of ownTextsOf(workload, environments)) yield* this.#mentionsIn(text);
    const seen = new Set<readonly Mention[]>();
    for (const use of configsOf(workload, environments)) {
      for (const config of this.#configs.find(use, namespace)) {
        for (const mentions of this.#used(use, this.#mentionsOf(config))) {
          if (use.variable !== undefined) yield* mentions.flatMap(each => inVariable(each, use));
          else if (!seen.has(mentions)) yield* mentions;
          if (use.variable === undefined) seen.add(mentions);
        }
      }
    }
    for (const query of configQueriesOf(workload)) yield* this.#found(query);
  }

  /** The mentions under the keys that a pod uses. */
  *#used(
    {keys}: ConfigUse,
    byKey: ReadonlyMap<string, readonly Mention[]>,
  ): Iterable<readonly Mention[]> {
    if (keys === undefined) yield* byKey.values();
    else if (keys.size > byKey.size) {
      for (const [key, mentions] of byKey) if (keys.has(key)) yield mentions;
    } else {
      for (const key of keys) yield byKey.get(key) ?? [];
    }
  }

  /** By key; keys without any are left out. */
  #mentionsOf(config: Resource): ReadonlyMap<string, readonly Mention[]> {
    const known = this.#mentions.get(config);
    if (known !== undefined) return known;
    const byKey = new Map<string, readonly Mention[]>();
    for (const text of configTextsOf(config)) {
      const mentions = [...(byKey.get(text.key) ?? []), ...this.#mentionsIn(text)];
      if (mentions.length > 0) byKey.set(text.key, mentions);
    }
    this.#mentions.set(config, byKey);
    return byKey;
  }

  /** Each host once in all ConfigMaps or Secrets that many pods may ask for together. */
  #found(query: ConfigQuery): Iterable<Mention> {
    const key = JSON.stringify([query.kind, query.key, query.value, query.namespace]);
    const known = this.#byQuery.get(key);
    if (known !== undefined) return known;
    const all = this.#configs
      .labelled(query)
      .flatMap(config => [...this.#mentionsOf(config).values()].flat());
    const mentions = [...new Map(all.map(each => [keyOf(each), each])).values()];
    this.#byQuery.set(key, mentions);
    return mentions;
  }

  /** Each host once per text, however often it occurs. */
  #mentionsIn({text, setting, ...place}: PodText): readonly Mention[] {
    const mentions = new Map<string, Mention>();
    for (const host of hostsIn(text, name => this.#services.has(name), setting)) {
      const key = keyOf(host);
      if (!mentions.has(key)) mentions.set(key, {...place, ...host});
    }
    return [...mentions.values()];
  }

  /**
   * The Services that a host name refers to in a pod in `namespace`. `redis.conf` looks like a
   * Service in a namespace: if the Service sets none, only a full address counts.
   */
  #resolve({name, namespace, isAddress}: HostName, own: string | undefined): readonly Service[] {
    const found = this.#services.find(name, namespace ?? own);
    if (namespace === undefined || isAddress) return found;
    return found.filter(({resource}) => namespacesOf(resource).includes(namespace));
  }
}

function keyOf({names, port, portBeside}: Host): string {
  const [{name, namespace, isAddress}] = names as [HostName];
  return `${name}.${namespace ?? ''}:${port ?? portBeside ?? ''} ${isAddress}`;
}

/** A mention in a key whose text is the value of a variable. */
function inVariable(mention: Mention, {variable = '', portBeside}: ConfigUse): readonly Mention[] {
  const isAddress = mention.names.some(each => each.isAddress);
  if (!isAddress && isNoHost(variable)) return [];
  return [portBeside === undefined ? mention : {...mention, portBeside}];
}

/** The port next to a name may belong to something else: it counts if the Service has it. */
const knownPort = ({ports}: Service, port: number | undefined): number | undefined =>
  ports.some(({number}) => number === port) ? port : undefined;
