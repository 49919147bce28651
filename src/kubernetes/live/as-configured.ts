import {applyEdits, type Edit, remove} from '../../edits.ts';
import {asList, asMap, type JsonMap, valueAt} from '../../json.ts';
import type {PodPlaces} from '../pod-places.ts';
import {podSpecsOf} from '../pod-spec.ts';
import type {Resource} from '../resource.ts';
import {isAggregated, isDefaultRbac} from './default-rbac.ts';

/**
 * `resource` as somebody has configured it: without what the API server or a controller fills in and a manifest would
 * not contain. Undefined for an object that every cluster or namespace has by itself.
 *
 * - the host ports that the API server copies from the container ports of a pod on the host network
 * - the rules that a controller copies into an aggregated ClusterRole
 */
export function asConfigured(resource: Resource, places?: PodPlaces): Resource | undefined {
  if (isByItself(resource) || isDefaultRbac(resource)) return undefined;
  const edits = isAggregated(resource) ? [remove(['rules'])] : [...copiedPorts(resource, places)];
  return edits.length === 0
    ? resource
    : {...resource, value: applyEdits(resource.value, edits) as JsonMap};
}

/**
 * `resource` as a manifest of it would be: without what the API server fills in, and without its owner. A manifest with these
 * may be refused, but this object has been accepted.
 */
export function asWritten(resource: Resource): Resource {
  const {value, kind} = resource;
  const edits = Object.keys(asMap(value['metadata']) ?? {})
    .filter(key => filledIn.has(key))
    .map(key => remove(['metadata', key]));
  if (kind === 'NetworkPolicy') edits.push(remove(['status']));
  return {...resource, value: applyEdits(value, edits) as JsonMap};
}

/** Fields of `metadata`. */
const filledIn: ReadonlySet<string> = new Set([
  'creationTimestamp',
  'generation',
  'ownerReferences',
  'resourceVersion',
  'selfLink',
  'uid',
]);

/** Whether a controller creates the object in each namespace, or the API server for itself. */
function isByItself({group, kind, namespace, name, value}: Resource): boolean {
  const isOfServer = namespace === 'default' && name === 'kubernetes';
  switch (`${group}/${kind}`) {
    case '/ConfigMap':
      return name === 'kube-root-ca.crt';
    case '/ServiceAccount':
      return name === 'default' && !('automountServiceAccountToken' in value);
    case '/Service':
      return isOfServer;
    case 'discovery.k8s.io/EndpointSlice':
      return isOfServer || valueAt(value, managedBy) === 'endpointslice-controller.k8s.io';
    default:
      return false;
  }
}

const managedBy = ['metadata', 'labels', 'endpointslice.kubernetes.io/managed-by'];

function* copiedPorts(resource: Resource, places: PodPlaces | undefined): Iterable<Edit> {
  for (const {value, containers} of podSpecsOf(resource, places)) {
    if (value['hostNetwork'] !== true) continue;
    for (const {path, value: container} of containers) {
      for (const [index, item] of asList(container['ports']).entries()) {
        const port = asMap(item);
        const isCopied =
          port?.['hostPort'] !== undefined && port['hostPort'] === port['containerPort'];
        if (isCopied) yield remove([...path, 'ports', index, 'hostPort']);
      }
    }
  }
}
