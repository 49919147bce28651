import {childrenOf, isList, isMap, type Json, type Path, toPointer} from '../json.ts';
import {knownPlaces, type PodPlace, type PodPlaces} from './pod-places.ts';
import type {GroupKind, Resource} from './resource.ts';

/** A pod template that a resource may contain, with what is known about its place. */
export interface PodTemplatePlace {
  readonly path: Path;
  readonly place: PodPlace;
}

/** The pod templates that `resource` may contain, for known kinds and those of `more`. */
export function podTemplatesOf(
  {group, kind, value}: Resource,
  more?: PodPlaces,
): readonly PodTemplatePlace[] {
  return placesOf({group, kind}, more).flatMap(place =>
    [...expand(value, place.path)].map(path => ({path, place})),
  );
}

/** The places of pods in objects of a kind; none for a kind in neither table. */
export function placesOf({group, kind}: GroupKind, more?: PodPlaces): readonly PodPlace[] {
  const key = `${group}/${kind}`;
  const known = knownPlaces.get(key);
  const added = more?.get(key);
  if (known === undefined && added === undefined) return none;
  return [...(known ?? []), ...(added ?? [])];
}

/** A value with the wrong type on the path to a pod spec. */
export interface Obstacle {
  readonly path: Path;
  readonly expected: 'a mapping' | 'a list or a mapping';
}

/** The values that keep rules from reaching a pod spec in `resource`, each once. */
export function obstaclesIn(resource: Resource, more?: PodPlaces): readonly Obstacle[] {
  const found = new Map<string, Obstacle>();
  for (const {path, form, isBare} of placesOf(resource, more)) {
    if (form === 'settings') continue;
    const steps = isBare === true ? path : [...path, 'spec'];
    for (const obstacle of obstaclesTo(steps, resource.value)) {
      found.set(toPointer(obstacle.path), obstacle);
    }
  }
  return [...found.values()];
}

function* obstaclesTo(
  steps: readonly string[],
  value: Json | undefined,
  at = 0,
  path: Path = [],
): Iterable<Obstacle> {
  // The API server treats null as a missing field.
  if (value === undefined || value === null) return;
  const step = steps[at];
  if (step !== '*') {
    if (!isMap(value)) yield {path, expected: 'a mapping'};
    else if (step !== undefined) yield* obstaclesTo(steps, value[step], at + 1, [...path, step]);
  } else if (!isList(value) && !isMap(value)) {
    yield {path, expected: 'a list or a mapping'};
  } else {
    for (const [key, child] of childrenOf(value)) {
      yield* obstaclesTo(steps, child, at + 1, [...path, key]);
    }
  }
}

/** The paths that `steps` match in `value`, with each `*` replaced. */
export function* expand(
  value: Json | undefined,
  steps: readonly string[],
  at = 0,
  path: Path = [],
): Generator<Path> {
  const step = steps[at];
  if (step === undefined) yield path;
  else if (step !== '*') {
    if (isMap(value)) yield* expand(value[step], steps, at + 1, [...path, step]);
  } else if (isList(value) || isMap(value)) {
    for (const [key, child] of childrenOf(value)) {
      yield* expand(child, steps, at + 1, [...path, key]);
    }
  }
}

const none: readonly PodPlace[] = [];
