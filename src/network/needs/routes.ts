import {asList, asMap, type JsonMap, type Path, valueAt} from '../../json.ts';
import type {Resource} from '../../kubernetes/resource.ts';
import {gatewayGroup, gatewayRoutes} from '../../kubernetes/route-kinds.ts';
import type {StreamIndex} from '../../kubernetes/stream-index.ts';
import {type Backend, backendNamed, portOf} from './backend.ts';
import {controllerBackends} from './controller-routes.ts';
import {virtualServiceBackends} from './virtual-services.ts';

/** The backends of Ingresses, in both forms of the API, and of the custom kinds of controllers. */
export function* ingressBackends(stream: StreamIndex): Iterable<Backend> {
  yield* controllerBackends(stream);
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

/** The backends of the Gateway API's routes, of OpenShift's, and of Istio's. */
export function* gatewayBackends(stream: StreamIndex): Iterable<Backend> {
  for (const route of gatewayRoutesOf(stream)) {
    const parents = parentServicesOf(route);
    const isWithinMesh = parents.length > 0 && parents.length === parentRefsOf(route).length;
    if (!isWithinMesh) yield* backendRefsOf(route);
  }
  for (const resource of stream.ofKind('Route')) yield* openShiftBackends(resource);
  yield* virtualServiceBackends(stream);
}

/** The routes of the Gateway API, in the order of their kinds. */
export const gatewayRoutesOf = (stream: StreamIndex): readonly Resource[] =>
  gatewayRoutes.flatMap(kind => stream.ofKind(kind)).filter(({group}) => group === gatewayGroup);

const parentRefsOf = ({value}: Resource): readonly JsonMap[] =>
  asList(valueAt(value, ['spec', 'parentRefs'])).map(item => asMap(item) ?? {});

/** The Services whose requests a route controls within a mesh (GAMMA, GEP-1294). */
export const parentServicesOf = (route: Resource): readonly JsonMap[] =>
  parentRefsOf(route).filter(({kind, group = ''}) => kind === 'Service' && group === '');

export function* backendRefsOf(resource: Resource): Iterable<Backend> {
  for (const path of backendRefPaths(resource)) {
    const {kind = 'Service', name, namespace, port} = asMap(valueAt(resource.value, path)) ?? {};
    if (kind === 'Service') yield* backendNamed(resource, path, name, namespace, port);
  }
}

/**
 * `port.targetPort` of a Route refers to the endpoints, whose ports have the names in the Service.
 */
function* openShiftBackends(resource: Resource): Iterable<Backend> {
  if (resource.group !== 'route.openshift.io') return;
  const spec = asMap(resource.value['spec']);
  const others = [...asList(spec?.['alternateBackends']).keys()];
  const targetPort = portOf(asMap(spec?.['port'])?.['targetPort']);
  const paths: Path[] = [['spec', 'to'], ...others.map(at => ['spec', 'alternateBackends', at])];
  for (const path of paths) {
    const name = valueAt(resource.value, [...path, 'name']);
    for (const backend of backendNamed(resource, path, name)) {
      yield targetPort === undefined ? backend : {...backend, targetPort};
    }
  }
}

/** The paths of the backends of a route: those of its rules, and of mirroring filters. */
function* backendRefPaths({value}: Resource): Iterable<Path> {
  for (const [at, item] of asList(valueAt(value, ['spec', 'rules'])).entries()) {
    const rule = ['spec', 'rules', at];
    const backends = asList(asMap(item)?.['backendRefs']);
    for (const [index, backend] of backends.entries()) {
      yield [...rule, 'backendRefs', index];
      yield* mirrorPaths(asMap(backend), [...rule, 'backendRefs', index]);
    }
    yield* mirrorPaths(asMap(item), rule);
  }
}

function* mirrorPaths(holder: JsonMap | undefined, path: Path): Iterable<Path> {
  for (const index of asList(holder?.['filters']).keys()) {
    yield [...path, 'filters', index, 'requestMirror', 'backendRef'];
  }
}

/** The backends of AWS load balancers without an Ingress. */
export function* targetGroupBackends(stream: StreamIndex): Iterable<Backend> {
  for (const resource of stream.ofKind('TargetGroupBinding')) {
    if (resource.group !== 'elbv2.k8s.aws') continue;
    if (valueAt(resource.value, ['spec', 'targetType']) === 'instance') continue;
    const path = ['spec', 'serviceRef'];
    const {name, port} = asMap(valueAt(resource.value, path)) ?? {};
    yield* backendNamed(resource, path, name, undefined, port);
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

/** The default port is 443: see ServiceReference in the API reference. */
function* calledService(resource: Resource, path: Path): Iterable<Backend> {
  const {name, namespace, port} = asMap(valueAt(resource.value, path)) ?? {};
  yield* backendNamed(resource, path, name, namespace, port ?? 443);
}
