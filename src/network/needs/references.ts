import type {Path} from '../../json.ts';
import {namespacesOf} from '../../kubernetes/former-names.ts';
import {NameIndex} from '../../kubernetes/name-index.ts';
import type {Resource} from '../../kubernetes/resource.ts';
import type {Service} from '../../kubernetes/service.ts';
import type {StreamIndex} from '../../kubernetes/stream-index.ts';
import type {Workload} from '../../kubernetes/workload.ts';
import {type Host, type HostName, hostsIn} from './hosts-in-text.ts';
import {configKey, configsOf, configTextsOf, ownTextsOf, type PodText} from './pod-texts.ts';

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
type Mention = Host & Omit<PodText, 'text'>;

/**
 * Finds the Services whose names a pod is given. Each text is read once, however many pods share
 * it, and each of its words is looked up in an index.
 */
export class ReferenceFinder {
  readonly #services = new NameIndex<Service>();
  readonly #configs = new NameIndex<Resource>();
  readonly #mentions = new Map<Resource, ReadonlyMap<string, readonly Mention[]>>();

  constructor(stream: StreamIndex, services: readonly Service[]) {
    for (const service of services) {
      this.#services.addResource(service.resource, service);
    }
    for (const resource of [...stream.ofKind('ConfigMap'), ...stream.ofKind('Secret')]) {
      this.#configs.addResource(resource, resource, `${resource.kind}/`);
    }
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
    for (const text of ownTextsOf(workload)) yield* this.#mentionsIn(text);
    const seen = new Set<readonly Mention[]>();
    for (const use of configsOf(workload)) {
      for (const config of this.#configs.find(configKey(use), workload.resource.namespace)) {
        const byKey = this.#mentionsOf(config);
        for (const key of use.keys ?? byKey.keys()) {
          const mentions = byKey.get(key) ?? [];
          if (!seen.has(mentions)) yield* mentions;
          seen.add(mentions);
        }
      }
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

  /** Each host once per text, however often it occurs. */
  #mentionsIn({text, ...place}: PodText): readonly Mention[] {
    const mentions = new Map<string, Mention>();
    for (const host of hostsIn(text, name => this.#services.has(name))) {
      const [{name, namespace, isAddress}] = host.names as [HostName];
      const key = `${name}.${namespace ?? ''}:${host.port ?? ''} ${isAddress}`;
      if (!mentions.has(key)) mentions.set(key, {...host, ...place});
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

/** The port next to a name may belong to something else: it counts if the Service has it. */
const knownPort = ({ports}: Service, port: number | undefined): number | undefined =>
  ports.some(({number}) => number === port) ? port : undefined;
