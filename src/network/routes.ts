import {asList, asMap, asString, type Json, type Path, valueAt} from '../json.ts';
import {groupOf, type Resource} from '../kubernetes/resource.ts';
import type {StreamIndex} from '../kubernetes/stream-index.ts';

/** That an object sends what it is asked to a Service. */
export interface Backend {
  readonly resource: Resource;
  readonly path: Path;
  readonly name: string;
  readonly namespace?: string;
  /** The Service's port by number or name; every port where none is named. */
  readonly port?: number | string;
}

/** The backends of Ingresses, in both of the API's spellings. */
export function* ingressBackends(stream: StreamIndex): Iterable<Backend> {
  for (const resource of stream.ofKind('Ingress')) {
    const spec = asMap(resource.value['spec']);
    for (const field of ['defaultBackend', 'backend']) {
      yield* ingressBackend(resource, ['spec', field]);
    }
    for (const [at, rule] of asList(spec?.['rules']).entries()) {
      for (const index of asList(valueAt(rule, ['http', 'paths'])).keys()) {
        yield* ingressBackend(resource, ['spec', 'rules', at, 'http', 'paths', index, 'backend']);
      }
    }
  }
}

function* ingressBackend(resource: Resource, path: Path): Iterable<Backend> {
  const backend = asMap(valueAt(resource.value, path));
  const service = asMap(backend?.['service']);
  const name = service?.['name'] ?? backend?.['serviceName'];
  const port = asMap(service?.['port']);
  const chosen = port?.['number'] ?? port?.['name'] ?? backend?.['servicePort'];
  yield* backendNamed(resource, path, name, undefined, chosen);
}

const gatewayRoutes = ['HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute', 'UDPRoute'];

/** The backends of the Gateway API's routes, and of OpenShift's. */
export function* gatewayBackends(stream: StreamIndex): Iterable<Backend> {
  for (const kind of gatewayRoutes) {
    for (const resource of stream.ofKind(kind)) {
      if (groupOf(resource.apiVersion) !== 'gateway.networking.k8s.io') continue;
      for (const path of backendRefPaths(resource)) {
        const {kind, name, namespace, port} = asMap(valueAt(resource.value, path)) ?? {};
        if (kind !== undefined && kind !== 'Service') continue;
        yield* backendNamed(resource, path, name, namespace, port);
      }
    }
  }
  for (const resource of stream.ofKind('Route')) {
    if (groupOf(resource.apiVersion) !== 'route.openshift.io') continue;
    const spec = asMap(resource.value['spec']);
    const others = [...asList(spec?.['alternateBackends']).keys()];
    const paths: Path[] = [['spec', 'to'], ...others.map(at => ['spec', 'alternateBackends', at])];
    for (const path of paths) {
      yield* backendNamed(resource, path, valueAt(resource.value, [...path, 'name']));
    }
  }
}

/** Where a route names what it sends to: its rules' backends, and those of mirroring filters. */
function* backendRefPaths({value}: Resource): Iterable<Path> {
  for (const [at, rule] of asList(valueAt(value, ['spec', 'rules'])).entries()) {
    for (const index of asList(asMap(rule)?.['backendRefs']).keys()) {
      yield ['spec', 'rules', at, 'backendRefs', index];
    }
    for (const index of asList(asMap(rule)?.['filters']).keys()) {
      yield ['spec', 'rules', at, 'filters', index, 'requestMirror', 'backendRef'];
    }
  }
}

/** The Services that the API server calls: for admission, conversion, and aggregated APIs. */
export function* apiServerBackends(stream: StreamIndex): Iterable<Backend> {
  for (const kind of ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration']) {
    for (const resource of stream.ofKind(kind)) {
      for (const at of asList(resource.value['webhooks']).keys()) {
        yield* calledService(resource, ['webhooks', at, 'clientConfig', 'service']);
      }
    }
  }
  for (const resource of stream.ofKind('CustomResourceDefinition')) {
    const path = ['spec', 'conversion', 'webhook', 'clientConfig', 'service'];
    yield* calledService(resource, path);
  }
  for (const resource of stream.ofKind('APIService')) {
    yield* calledService(resource, ['spec', 'service']);
  }
}

/** The port is 443 where none is named: see ServiceReference in the API reference. */
function* calledService(resource: Resource, path: Path): Iterable<Backend> {
  const {name, namespace, port} = asMap(valueAt(resource.value, path)) ?? {};
  yield* backendNamed(resource, path, name, namespace, port ?? 443);
}

function* backendNamed(
  resource: Resource,
  path: Path,
  name: Json | undefined,
  namespace?: Json,
  port?: Json,
): Iterable<Backend> {
  if (typeof name !== 'string') return;
  const own = asString(namespace) ?? resource.namespace;
  yield {
    resource,
    path,
    name,
    ...(own === undefined ? {} : {namespace: own}),
    ...(typeof port === 'number' || typeof port === 'string' ? {port} : {}),
  };
}
