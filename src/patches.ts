import {hardenObjects, type Told} from './harden.ts';
import type {JsonMap} from './json.ts';
import {jsonPatchOf, type Operation} from './json-patch.ts';
import type {Resource} from './kubernetes/resource.ts';
import type {Policy} from './policy/policy.ts';
import type {ObjectStream} from './stream/manifest-stream.ts';

/** The object that a patch changes, as `target` of kustomize's `patches`: each field is a regular expression. */
interface PatchTarget {
  readonly group?: string;
  readonly version: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

export interface ObjectPatch {
  readonly target: PatchTarget;
  readonly operations: readonly Operation[];
}

/** The hardening of a stream as data, for those who cannot run a program over it. */
export interface Patches {
  readonly patches: readonly ObjectPatch[];
  /** The objects that the hardening adds. */
  readonly added: readonly JsonMap[];
  /**
   * The objects that the hardening changes but no target can select, because they have no name, or
   * share it.
   */
  readonly left: readonly Resource[];
  readonly told: Told;
}

/**
 * The changes of `hardenStream` to a stream, as patches and added objects. `today` is as for
 * `harden`.
 */
export function patchesOf(stream: ObjectStream, policy: Policy, today?: string): Patches {
  const {objects, added, told} = hardenObjects(stream, policy, today);
  const neighbours = neighboursIn(stream.resources);
  const patches: ObjectPatch[] = [];
  const left: Resource[] = [];
  for (const {resource, hardened} of objects) {
    const operations = jsonPatchOf(resource.value, hardened);
    if (operations.length === 0) continue;
    const target = targetOf(resource, neighbours.get(nameOf(resource)) ?? []);
    if (target === undefined) left.push(resource);
    else patches.push({target, operations});
  }
  return {patches, added, left, told};
}

/** The objects of each kind and name, whatever their groups and namespaces. */
function neighboursIn(resources: readonly Resource[]): ReadonlyMap<string, readonly Resource[]> {
  const found = new Map<string, Resource[]>();
  for (const resource of resources) {
    const same = found.get(nameOf(resource));
    if (same === undefined) found.set(nameOf(resource), [resource]);
    else same.push(resource);
  }
  return found;
}

const nameOf = ({kind, name}: Resource): string => JSON.stringify([kind, name]);

/** The target that selects `resource` alone among those of its kind and name; undefined if there is none. */
function targetOf(resource: Resource, neighbours: readonly Resource[]): PatchTarget | undefined {
  const {group, version, kind, name, namespace = 'default', value} = resource;
  const isNamed = name !== '' && typeof (value['metadata'] as JsonMap)['name'] === 'string';
  const others = neighbours.filter(other => other !== resource);
  const ofGroup = others.filter(other => other.group === group);
  const isAlone = ofGroup.every(other => (other.namespace ?? 'default') !== namespace);
  if (!isNamed || !isAlone) return undefined;
  const needsGroup = group !== '' || others.length > ofGroup.length;
  const needsNamespace =
    ofGroup.length > 0 || (resource.namespace !== undefined && namespacedKinds.has(kind));
  return {
    ...(needsGroup ? {group: exactly(group)} : {}),
    version: exactly(version),
    kind: exactly(kind),
    name: exactly(name),
    ...(needsNamespace ? {namespace: exactly(namespace)} : {}),
  };
}

/**
 * Kinds whose namespace kustomize compares. For a cluster-scoped kind with a namespace it compares
 * another string, and would select nothing. The scope of custom resources is unknown.
 */
const namespacedKinds: ReadonlySet<string> = new Set([
  ...['ConfigMap', 'CronJob', 'DaemonSet', 'Deployment', 'Ingress', 'Job', 'NetworkPolicy', 'Pod'],
  ...['PersistentVolumeClaim', 'PodTemplate', 'ReplicaSet', 'ReplicationController', 'Role'],
  ...['RoleBinding', 'Service', 'ServiceAccount', 'StatefulSet'],
]);

/** A regular expression of Go's that matches `text` alone: kustomize anchors it, unless it is empty. */
const exactly = (text: string): string =>
  text === '' ? '^$' : text.replaceAll(/[\\.+*?()|[\]{}^$]/g, '\\$&');
