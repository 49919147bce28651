import {asList, asMap, asString, type JsonMap, type Path, valueAt} from '../../json.ts';
import {NameIndex} from '../../kubernetes/name-index.ts';
import type {Resource} from '../../kubernetes/resource.ts';
import {istioGroup} from '../../kubernetes/route-kinds.ts';
import type {StreamIndex} from '../../kubernetes/stream-index.ts';
import {type Backend, backendNamed, serviceInHost} from './backend.ts';

/** Istio's name for the sidecars of the mesh, where a VirtualService lists gateways. */
const mesh = 'mesh';

/**
 * A VirtualService of Istio: what asks for one of its hosts is sent to its destinations
 * (https://istio.io/latest/docs/reference/config/networking/virtual-service/).
 */
export interface VirtualService {
  readonly resource: Resource;
  readonly hosts: readonly string[];
  /** The gateways that send, less the sidecars. */
  readonly gateways: readonly string[];
  /** Whether the sidecars of who asks send as well. */
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

/** A name without a dot is of the object's own namespace. */
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

/** What gateways send to: from the pods that each Gateway of the stream selects, where it is there. */
export function* virtualServiceBackends(stream: StreamIndex): Iterable<Backend> {
  const gateways = new NameIndex<Resource>();
  for (const resource of stream.ofKind('Gateway')) {
    if (resource.group !== istioGroup) continue;
    gateways.addResource(resource, resource);
  }
  for (const virtual of virtualServicesOf(stream)) {
    // One without hosts is what another delegates to.
    if (virtual.gateways.length === 0 && virtual.hosts.length > 0) continue;
    const senders = sendersOf(virtual, gateways);
    for (const backend of virtual.destinations) {
      yield senders === undefined ? backend : {...backend, senders};
    }
  }
}

/** Undefined where a gateway is not of the stream, or selects no pods of its own. */
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
