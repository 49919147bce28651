import {asList, asMap, type JsonMap, type Path, valueAt} from '../../json.ts';
import type {Resource} from '../../kubernetes/resource.ts';
import {contourGroup, traefikGroups, traefikRoutes} from '../../kubernetes/route-kinds.ts';
import type {StreamIndex} from '../../kubernetes/stream-index.ts';
import {type Backend, backendNamed} from './backend.ts';

/** The paths of backends in objects of one kind. */
interface RouteKind {
  readonly groups: readonly string[];
  /** `*` stands for every item of a list. */
  readonly lists: readonly Path[];
}

const traefikRoute: RouteKind = {
  groups: traefikGroups,
  lists: [['spec', 'routes', '*', 'services']],
};

/**
 * The custom kinds with which ingress controllers send to Services: Traefik's
 * (https://doc.traefik.io/traefik/reference/routing-configuration/kubernetes/crd/) and Contour's
 * (https://projectcontour.io/docs/main/config/api/).
 */
const kinds: Readonly<Record<string, RouteKind>> = {
  ...Object.fromEntries(traefikRoutes.map(kind => [kind, traefikRoute])),
  TraefikService: {
    groups: traefikGroups,
    lists: [
      ['spec', 'weighted', 'services'],
      ['spec', 'mirroring'],
      ['spec', 'mirroring', 'mirrors'],
    ],
  },
  HTTPProxy: {
    groups: [contourGroup],
    lists: [
      ['spec', 'routes', '*', 'services'],
      ['spec', 'tcpproxy', 'services'],
    ],
  },
};

/** The backends in the custom resources of ingress controllers. */
export function* controllerBackends(stream: StreamIndex): Iterable<Backend> {
  for (const [kind, {groups, lists}] of Object.entries(kinds)) {
    for (const resource of stream.ofKind(kind)) {
      if (!groups.includes(resource.group)) continue;
      for (const list of lists) yield* backendsAt(resource, list);
    }
  }
}

function* backendsAt(resource: Resource, list: Path): Iterable<Backend> {
  const star = list.indexOf('*');
  if (star !== -1) {
    const before = list.slice(0, star);
    for (const index of asList(valueAt(resource.value, before)).keys()) {
      yield* backendsAt(resource, [...before, index, ...list.slice(star + 1)]);
    }
    return;
  }
  const found = valueAt(resource.value, list);
  yield* backendAt(resource, list, asMap(found));
  for (const [index, item] of asList(found).entries()) {
    yield* backendAt(resource, [...list, index], asMap(item));
  }
}

/** A backend of another kind than Service is read where it is defined. */
function* backendAt(resource: Resource, path: Path, value: JsonMap | undefined): Iterable<Backend> {
  const {kind = 'Service', name, namespace, port} = value ?? {};
  if (kind === 'Service') yield* backendNamed(resource, path, name, namespace, port);
}
