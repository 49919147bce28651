import {asMap, Dictionary, isList, isMap, type Json} from '../json.ts';
import {asConfigured, asWritten} from '../kubernetes/live/as-configured.ts';
import {withInstances} from '../kubernetes/live/instances.ts';
import type {PodPlaces} from '../kubernetes/pod-places.ts';
import {ObjectError, type Resource, toResource} from '../kubernetes/resource.ts';
import {unreadDocument} from '../yaml/read.ts';
import type {ObjectStream} from './manifest-stream.ts';

/** Deeper values than any API server stores exhaust the stack. */
const deepest = 1000;

/**
 * An object from the JSON of an API server. What no rule reads, and only takes memory, is left out.
 *
 * @throws {ObjectError} if it is not an object that an API server could serve
 * @throws {RangeError} if it is nested too deeply
 */
export function liveObject(value: unknown): Resource {
  const object = asMap(copied(value, 0));
  if (object === undefined) throw new ObjectError('an object must be a mapping', []);
  return toResource(object, [], 0);
}

/** A copy without prototypes, so that a hostile key such as `constructor` is a normal key. */
function copied(value: unknown, depth: number): Json {
  if (depth > deepest) throw new RangeError('it is nested too deeply');
  if (isList(value as Json))
    return (value as readonly unknown[]).map(item => copied(item, depth + 1));
  if (!isMap(value as Json)) return value as Json;
  const map = new Dictionary();
  for (const [key, item] of Object.entries(value as object)) {
    if (!unread.has(key)) map[key] = copied(item, depth + 1);
  }
  return map;
}

/** The fields of servers' bookkeeping; and the annotation of kubectl that repeats the object. */
const unread: ReadonlySet<string> = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  'managedFields',
]);

/** The objects of a cluster as a stream. `file` is its name in findings and errors. */
export function liveStream(
  read: readonly Resource[],
  file: string,
  places?: PodPlaces,
): ObjectStream {
  const configured = read.flatMap(resource => asConfigured(resource, places) ?? []);
  const {resources, instances} = withInstances(configured, places);
  const all = [...resources, ...instances.map(({resource}) => resource)];
  const numbered = new Map(
    all.map((resource, document) => [resource, {...asWritten(resource), document}]),
  );
  const numberOf = (resource: Resource) => numbered.get(resource) ?? resource;
  return {
    inputs: [{text: '', file, first: 0, isLive: true}],
    documents: all.map(() => unreadDocument('', 0, 0)),
    resources: resources.map(numberOf),
    instances: instances.map(({resource, of}) => ({
      resource: numberOf(resource),
      of: numberOf(of),
    })),
    unread: 0,
  };
}
