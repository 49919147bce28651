import {asList, asMap, asString, type JsonMap, valueAt} from '../../json.ts';
import type {PodPlaces} from '../pod-places.ts';
import {podSpecsOf} from '../pod-spec.ts';
import type {Resource} from '../resource.ts';

/** Something that a controller has made from the template in another object: a Pod of a Deployment. */
export interface Instance {
  readonly resource: Resource;
  /** The object with the template that a person writes. */
  readonly of: Resource;
}

export interface LiveObjects {
  /** The objects that nobody but a person has written, or whose controller was not read. */
  readonly resources: readonly Resource[];
  /** Of equal instances only the first: a template may have hundreds. */
  readonly instances: readonly Instance[];
}

/**
 * Tells what people write from what controllers make of it. An owner reference alone hides nothing, because anyone who
 * may write an object may write one: the caller checks instances, too. What was made long ago and no longer runs is
 * left out. So is an object whose pods an operator describes in another object that was read.
 */
export function withInstances(read: readonly Resource[], places?: PodPlaces): LiveObjects {
  const byId = new Map(read.map(resource => [idOf(resource), resource]));
  byId.delete(undefined);
  const owners = new Map<Resource, Resource>();
  const described = new Set<Resource>();
  for (const resource of read) {
    const owner = byId.get(controllerOf(resource));
    if (owner === undefined || rankOf(owner) <= rankOf(resource)) continue;
    if (podSpecsOf(resource, places).length === 0) continue;
    if (hasTemplate(owner, places)) owners.set(resource, owner);
    else described.add(owner);
  }
  const left = read.filter(each => !owners.has(each) && !described.has(each) && !hasEnded(each));
  const made = [...owners.keys()].filter(each => !hasEnded(each));
  return {
    resources: [...distinct(left, each => (each.kind === 'Pod' && controllerOf(each)) || each)],
    instances: [...distinct(made, each => firstOwner(each, owners))].map(resource => ({
      resource,
      of: firstOwner(resource, owners),
    })),
  };
}

/** Of equal resources from the same maker only the first. */
function* distinct(
  resources: readonly Resource[],
  makerOf: (resource: Resource) => unknown,
): Iterable<Resource> {
  const seen = new Map<unknown, Set<string>>();
  for (const resource of resources) {
    const maker = makerOf(resource);
    if (maker === resource) yield resource;
    else {
      const known = seen.get(maker) ?? new Set();
      seen.set(maker, known);
      const content = contentOf(resource);
      if (!known.has(content)) yield resource;
      known.add(content);
    }
  }
}

/** Ranks rise from a resource to its owner, so this ends. */
function firstOwner(resource: Resource, owners: ReadonlyMap<Resource, Resource>): Resource {
  const owner = owners.get(resource);
  return owner === undefined ? resource : firstOwner(owner, owners);
}

/** The object and the annotations that rules read, without what differs between equal pods. */
function contentOf({kind, namespace, value}: Resource): string {
  const annotations = Object.entries(asMap(valueAt(value, ['metadata', 'annotations'])) ?? {});
  const confining = annotations.filter(([key]) =>
    /^(?:container\.)?(?:apparmor|seccomp)\./.test(key),
  );
  const {metadata: _, status: __, ...rest} = value;
  return JSON.stringify([kind, namespace, confining, rest], (key, item) =>
    ofOnePod.has(key) ? undefined : typeof item === 'string' ? withoutSuffix(item) : item,
  );
}

const ofOnePod: ReadonlySet<string> = new Set(['claimName', 'hostname', 'nodeName', 'replicas']);

/** The name of the volume with the token of a pod's account ends in random characters. */
const withoutSuffix = (text: string): string =>
  text.replace(/^kube-api-access-[a-z0-9]{5}$/, 'kube-api-access');

const hasTemplate = (resource: Resource, places: PodPlaces | undefined): boolean =>
  podSpecsOf(resource, places).some(({form}) => form === 'template');

/**
 * How far a kind is from a running pod. A controller always ranks above what it makes: two objects that claim each
 * other as their owner do not hide each other.
 */
function rankOf({group, kind}: Resource): number {
  const key = `${group}/${kind}`;
  if (key === '/Pod') return 0;
  if (makersOfPods.has(key)) return 1;
  return ['apps/Deployment', 'batch/CronJob'].includes(key) ? 2 : 3;
}

const makersOfPods: ReadonlySet<string> = new Set([
  '/ReplicationController',
  'apps/DaemonSet',
  'apps/ReplicaSet',
  'apps/StatefulSet',
  'batch/Job',
]);

const idOf = ({value}: Resource): string | undefined =>
  asString(valueAt(value, ['metadata', 'uid']));

/** The `uid` of the controller of an object. */
function controllerOf({value}: Resource): string | undefined {
  const references = asList(valueAt(value, ['metadata', 'ownerReferences'])).map(asMap);
  return asString(references.find(reference => reference?.['controller'] === true)?.['uid']);
}

/** Whether a controller has made the object, and nothing of it runs any more. */
function hasEnded(resource: Resource): boolean {
  if (controllerOf(resource) === undefined) return false;
  const {group, kind, value} = resource;
  if (kind === 'ReplicaSet' && group === 'apps') return valueAt(value, ['spec', 'replicas']) === 0;
  if (kind === 'Job' && group === 'batch') return hasEndCondition(value);
  const phase = kind === 'Pod' ? valueAt(value, ['status', 'phase']) : undefined;
  return phase === 'Succeeded' || phase === 'Failed';
}

const hasEndCondition = (job: JsonMap): boolean =>
  asList(valueAt(job, ['status', 'conditions'])).some(item => {
    const condition = asMap(item);
    const isEnd = condition?.['type'] === 'Complete' || condition?.['type'] === 'Failed';
    return isEnd && condition['status'] === 'True';
  });
