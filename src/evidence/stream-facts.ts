import {asList, asMap, asString, type Json, type JsonMap, type Path, valueAt} from '../json.ts';
import type {Duties} from '../kubernetes/account-roles.ts';
import {hostPathVolumesOf, isWithin} from '../kubernetes/host-path.ts';
import {NameIndex} from '../kubernetes/name-index.ts';
import {readsNodeAddress} from '../kubernetes/node-address.ts';
import type {PodSpec} from '../kubernetes/pod-spec.ts';
import {placeIn, type Resource} from '../kubernetes/resource.ts';
import {type Service, servicesOf} from '../kubernetes/service.ts';
import type {StreamIndex} from '../kubernetes/stream-index.ts';
import {apiServerBackends} from '../network/needs/routes.ts';
import {bySelection, joined} from '../network/needs/services-by-selection.ts';
import {Locator} from '../yaml/locate.ts';
import type {YamlDocument} from '../yaml/nodes.ts';
import {Comments} from './comments.ts';
import {ExposedServices} from './exposed-services.ts';

/** The most objects that are checked one by one, which bounds the cost of a hostile stream. */
const most = 50;

/** Where the runtime looks for the plugins that set up the network of pods. */
const networkFolders = ['/etc/cni', '/opt/cni'];

/** What the rest of the original stream shows about a pod. */
export class StreamFacts {
  readonly #documents: readonly YamlDocument[];
  readonly #stream: StreamIndex;
  #ports: Ports | undefined;
  #services: ReadonlyMap<string, readonly SameServices[]> | undefined;
  #callers: ReadonlyMap<string, Resource> | undefined;
  #clientOfNode: {readonly found: Resource | undefined} | undefined;
  #networkPlugin: {readonly found: Resource | undefined} | undefined;
  #exposed: ExposedServices | undefined;
  #configs: NameIndex<Resource> | undefined;
  #locator: Locator | undefined;
  /** The comments of each text with documents of the stream. */
  readonly #comments = new Map<string, Comments>();

  constructor(stream: StreamIndex, documents: readonly YamlDocument[]) {
    this.#stream = stream;
    this.#documents = documents;
  }

  /** A Service that sends to `port` of the pods, if there is one. */
  serviceTo(pod: PodSpec, port: number): Resource | undefined {
    for (const {byTarget} of this.#servicesAt(pod)) {
      const service = byTarget.get(port);
      if (service !== undefined) return service;
    }
    return undefined;
  }

  /** Hand-written Endpoints or an EndpointSlice that name `port` of some address. */
  readonly endpointsAt = (port: number): Resource | undefined => this.#known().endpoints.get(port);

  /**
   * A NetworkPolicy that names `port` of some addresses, which are those of nodes rather than pods.
   */
  readonly policyAt = (port: number): Resource | undefined => this.#known().policies.get(port);

  /** The Services that select the pods: several that select the same count as one. */
  servicesOf(pod: PodSpec): readonly Service[] {
    return this.#servicesAt(pod).map(({service}) => service);
  }

  #servicesAt(pod: PodSpec): readonly SameServices[] {
    this.#services ??= servicesByPod(this.#stream);
    return this.#services.get(placeOf(pod)) ?? [];
  }

  /**
   * The object that makes the API server call the pods: a webhook configuration, or an APIService.
   */
  callerOf(pod: PodSpec): Resource | undefined {
    this.#callers ??= callersByPod(this.#stream);
    return this.#callers.get(placeOf(pod));
  }

  /**
   * A workload other than a DaemonSet whose pods read the address of their node, if there is one.
   */
  get clientOfNode(): Resource | undefined {
    this.#clientOfNode ??= {
      found: this.#stream.workloads.find(
        ({resource, pod}) => resource.kind !== 'DaemonSet' && readsNodeAddress(pod),
      )?.resource,
    };
    return this.#clientOfNode.found;
  }

  /** What the bindings of the stream tell that the pods are for. */
  dutiesOf(pod: PodSpec): Duties {
    return this.#stream.accountRoles.dutiesOf({pod, resource: pod.resource});
  }

  /** What sets up the network of pods, by its host folders; undefined if nothing in the stream does. */
  get networkPlugin(): Resource | undefined {
    this.#networkPlugin ??= {
      found: this.#stream.workloads.find(({pod}) =>
        hostPathVolumesOf(pod).some(({place}) =>
          networkFolders.some(folder => isWithin(place, folder)),
        ),
      )?.resource,
    };
    return this.#networkPlugin.found;
  }

  /** What shows that a Service is meant to take clients from outside of the cluster: sentences. */
  exposureOf(service: Resource): readonly string[] {
    this.#exposed ??= new ExposedServices(this.#stream);
    return this.#exposed.evidenceFor(service);
  }

  /** The Ingress and Gateway classes, each of which has a controller. */
  get classes(): readonly Resource[] {
    return ['IngressClass', 'GatewayClass'].flatMap(kind =>
      this.#stream.ofKind(kind).slice(0, most),
    );
  }

  /** The ConfigMap or Secret of that name, as a pod in `namespace` finds it. */
  config(kind: 'ConfigMap' | 'Secret', name: string, namespace: string | undefined) {
    if (this.#configs === undefined) {
      this.#configs = new NameIndex();
      for (const each of ['ConfigMap', 'Secret']) {
        for (const resource of this.#stream.ofKind(each)) {
          this.#configs.add(`${each}/${resource.name}`, resource.namespace, resource);
        }
      }
    }
    return this.#configs.find(`${kind}/${name}`, namespace)[0];
  }

  /** The comment at a field of an object, if there is one. */
  commentAt({document, path: at}: Resource, path: Path): string | undefined {
    const found = this.#documents[document];
    if (found === undefined) return undefined;
    if (this.#locator?.document !== found) this.#locator = new Locator(found);
    const comments = this.#comments.get(found.text) ?? new Comments(found.text);
    this.#comments.set(found.text, comments);
    return comments.at(this.#locator, [...at, ...path]);
  }

  #known(): Ports {
    this.#ports ??= portsOf(this.#stream.resources);
    return this.#ports;
  }
}

/** Services that select the same pods. */
interface SameServices {
  /** The Services as one. */
  readonly service: Service;
  /** The first of them that leads to each port of the pods. */
  readonly byTarget: ReadonlyMap<number | string, Resource>;
}

function servicesByPod(stream: StreamIndex): ReadonlyMap<string, readonly SameServices[]> {
  const found = new Map<string, SameServices[]>();
  for (const group of bySelection(servicesOf(stream))) {
    const service = joined(group);
    if (service.selector === undefined) continue;
    const services = {service, byTarget: firstByTarget(group)};
    for (const {pod} of podsBehind(stream, service.selector, service.resource)) {
      const place = placeOf(pod);
      const same = found.get(place) ?? [];
      found.set(place, same);
      same.push(services);
    }
  }
  return found;
}

function firstByTarget(services: readonly Service[]): ReadonlyMap<number | string, Resource> {
  const first = new Map<number | string, Resource>();
  for (const {ports, resource} of services) {
    for (const {target} of ports) if (!first.has(target)) first.set(target, resource);
  }
  return first;
}

const placeOf = ({resource, path}: PodSpec): string => placeIn(resource, path);

function callersByPod(stream: StreamIndex): ReadonlyMap<string, Resource> {
  const services = new NameIndex<Resource>();
  for (const service of stream.ofKind('Service')) {
    services.add(service.name, service.namespace, service);
  }
  const found = new Map<string, Resource>();
  const seen = new Set<Resource>();
  for (const {resource, name, namespace} of apiServerBackends(stream)) {
    for (const service of services.find(name, namespace)) {
      const selector = asMap(valueAt(service.value, ['spec', 'selector']));
      if (seen.has(service) || selector === undefined) continue;
      seen.add(service);
      for (const {pod} of podsBehind(stream, selector, service)) found.set(placeOf(pod), resource);
    }
  }
  return found;
}

const podsBehind = (stream: StreamIndex, matchLabels: JsonMap, {namespace}: Resource) =>
  stream.pods.select({matchLabels}, namespace);

interface Ports {
  readonly endpoints: ReadonlyMap<number, Resource>;
  readonly policies: ReadonlyMap<number, Resource>;
}

function portsOf(resources: readonly Resource[]): Ports {
  const endpoints = new Map<number, Resource>();
  const policies = new Map<number, Resource>();
  for (const resource of resources) {
    const {kind, value} = resource;
    if (kind === 'Endpoints') {
      for (const subset of asList(value['subsets'])) {
        for (const port of numbers(asMap(subset)?.['ports'], 'port')) endpoints.set(port, resource);
      }
    } else if (kind === 'EndpointSlice') {
      for (const port of numbers(value['ports'], 'port')) endpoints.set(port, resource);
    } else if (kind === 'NetworkPolicy') {
      for (const port of addressPorts(value)) policies.set(port, resource);
    }
  }
  return {endpoints, policies};
}

/** The ports of the egress rules that name some addresses, but not all. */
const addressPorts = (policy: JsonMap): readonly number[] =>
  asList(valueAt(policy, ['spec', 'egress'])).flatMap(item => {
    const rule = asMap(item);
    const namesSome = asList(rule?.['to']).some(peer => {
      const cidr = asString(valueAt(peer, ['ipBlock', 'cidr']));
      return cidr !== undefined && !cidr.endsWith('/0');
    });
    return namesSome ? numbers(rule?.['ports'], 'port') : [];
  });

const numbers = (list: Json | undefined, key: string): readonly number[] =>
  asList(list).flatMap(item => {
    const number = asMap(item)?.[key];
    return typeof number === 'number' ? [number] : [];
  });
