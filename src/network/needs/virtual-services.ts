import {asList, asMap, asString, type JsonMap, type Path, valueAt} from '../../json.ts';
import {NameIndex} from '../../kubernetes/name-index.ts';
import type {Resource} from '../../kubernetes/resource.ts';
import {istioGroup} from '../../kubernetes/route-kinds.ts';
import type {StreamIndex} from '../../kubernetes/stream-index.ts';
import {type Backend, backendNamed, serviceInHost} from './backend.ts';

/** Istio's name for the sidecars of the mesh in the gateways of a VirtualService. */
const mesh = 'mesh';

/**
 * A VirtualService of Istio: requests to one of its hosts go to its destinations
 * (https://istio.io/latest/docs/reference/config/networking/virtual-service/).
 */
export interface VirtualService {
  readonly resource: Resource;
  readonly hosts: readonly string[];
  /** The sending gateways, without the sidecars. */
  readonly gateways: readonly string[];
  /** Whether the sidecars of clients also send. */
  readonly isInMesh: boolean;
  readonly destinations: readonly Backend[];
}

export const virtualServicesOf = (stream: StreamIndex): readonly VirtualService[] =>
  stream
    .ofKind('VirtualService')
    .filter(({group}) => group === istioGroup)
    .map(virtualServiceOf);

export function virtualServiceOf(resource: Resource): VirtualService {
  const spec = asMap(resource.value['spec']) ?? {};
  const texts = (field: string) =>
    asList(spec[field])
      .map(asString)
      .filter(text => text !== undefined);
  const listed = texts('gateways');
  return {
    resource,
    hosts: texts('hosts'),
    gateways: listed.filter(name => name !== mesh),
    isInMesh: listed.length === 0 || listed.includes(mesh),
    destinations: [...destinationsOf(resource)],
  };
}

function* destinationsOf(resource: Resource): Iterable<Backend> {
  for (const path of destinationPaths(resource)) {
    const {host, port} = asMap(valueAt(resource.value, path)) ?? {};
    const {name, namespace} = serviceNamed(asString(host) ?? '');
    yield* backendNamed(resource, path, name, namespace, asMap(port)?.['number']);
  }
}

/** A name without a dot is in the namespace of the object. */
export const serviceNamed = (host: string): {readonly name?: string; readonly namespace?: string} =>
  serviceInHost(host) ?? (host === '' || host.includes('.') ? {} : {name: host});

function* destinationPaths({value}: Resource): Iterable<Path> {
  for (const field of ['http', 'tls', 'tcp']) {
    for (const [at, item] of asList(valueAt(value, ['spec', field])).entries()) {
      const rule = asMap(item);
      for (const list of ['route', 'mirrors']) {
        for (const index of asList(rule?.[list]).keys()) {
          yield ['spec', field, at, list, index, 'destination'];
        }
      }
      if (rule?.['mirror'] !== undefined) yield ['spec', field, at, 'mirror'];
    }
  }
}

/**
 * The backends of gateways, with the pods that each Gateway selects as senders, if it is in the
 * stream.
 */
export function* virtualServiceBackends(stream: StreamIndex): Iterable<Backend> {
  const gateways = new NameIndex<Resource>();
  for (const resource of stream.ofKind('Gateway')) {
    if (resource.group !== istioGroup) continue;
    gateways.addResource(resource, resource);
  }
  for (const virtual of virtualServicesOf(stream)) {
    // A VirtualService without hosts is delegated to by another.
    if (virtual.gateways.length === 0 && virtual.hosts.length > 0) continue;
    const senders = sendersOf(virtual, gateways);
    for (const backend of virtual.destinations) {
      yield senders === undefined ? backend : {...backend, senders};
    }
  }
}

/** Undefined if a gateway is not in the stream, or selects no pods. */
function sendersOf(
  {resource, gateways: names}: VirtualService,
  gateways: NameIndex<Resource>,
): readonly JsonMap[] | undefined {
  const peers = names.flatMap(each => {
    const [name = '', namespace = resource.namespace] = each.split('/').reverse();
    return gateways
      .find(name, namespace)
      .map(({value}) => peerOf(valueAt(value, ['spec', 'selector'])));
  });
  const known = peers.filter(peer => peer !== undefined);
  return known.length < names.length || known.length < peers.length || known.length === 0
    ? undefined
    : known;
}

function peerOf(selector: JsonMap[string] | undefined): JsonMap | undefined {
  const matchLabels = asMap(selector) ?? {};
  const isSelecting = Object.keys(matchLabels).length > 0;
  return isSelecting ? {namespaceSelector: {}, podSelector: {matchLabels}} : undefined;
}
