import {isList, isMap, type Json, type Path} from '../json.ts';
import {knownPlaces, type PodPlace, type PodPlaces} from './pod-places.ts';
import {groupOf, type Resource} from './resource.ts';

/** A pod template that a resource may hold, with what is known of its place. */
export interface PodTemplatePlace {
  readonly path: Path;
  readonly place: PodPlace;
}

const none: readonly PodTemplatePlace[] = [];

/** The pod templates that `resource` may hold: in kinds that are known, and in those of `more`. */
export function podTemplatesOf(
  {apiVersion, kind, value}: Resource,
  more?: PodPlaces,
): readonly PodTemplatePlace[] {
  const key = `${groupOf(apiVersion)}/${kind}`;
  const known = knownPlaces.get(key);
  const added = more?.get(key);
  if (known === undefined && added === undefined) return none;
  return [...(known ?? []), ...(added ?? [])].flatMap(place =>
    [...expand(value, place.path)].map(path => ({path, place})),
  );
}

/** The paths that `steps` stand for in `value`, each `*` replaced by what is there. */
function* expand(
  value: Json | undefined,
  steps: readonly string[],
  at = 0,
  path: Path = [],
): Iterable<Path> {
  const step = steps[at];
  if (step === undefined) yield path;
  else if (step !== '*') {
    if (isMap(value)) yield* expand(value[step], steps, at + 1, [...path, step]);
  } else if (isList(value)) {
    for (const [index, item] of value.entries()) {
      yield* expand(item, steps, at + 1, [...path, index]);
    }
  } else if (isMap(value)) {
    for (const key of Object.keys(value)) {
      yield* expand(value[key], steps, at + 1, [...path, key]);
    }
  }
}
