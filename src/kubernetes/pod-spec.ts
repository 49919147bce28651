import {asList, asMap, asString, isList, type JsonMap, type Path, valueAt} from '../json.ts';
import type {PodForm, PodPlaces} from './pod-places.ts';
import {type PodTemplatePlace, podTemplatesOf} from './pod-templates.ts';
import type {Resource} from './resource.ts';

/**
 * A pod spec, or the part of one that its workload contains. Paths are from the root of the
 * workload.
 */
export interface PodSpec {
  readonly resource: Resource;
  readonly path: Path;
  readonly value: JsonMap;
  /** How much of a pod it is. */
  readonly form: PodForm;
  /** The metadata of the pods: labels and annotations. */
  readonly metadata: JsonMap | undefined;
  readonly metadataPath: Path;
  /** Init containers first, in start order; then containers; then ephemeral containers. */
  readonly containers: readonly Container[];
}

export interface Container {
  readonly list: ContainerList;
  readonly name: string;
  readonly value: JsonMap;
  readonly path: Path;
}

/** An init container that ends: one with `restartPolicy: Always` runs next to the others. */
export const endsFirst = ({list, value}: Container): boolean =>
  list === 'initContainers' && value['restartPolicy'] !== 'Always';

const containerLists = ['initContainers', 'containers', 'ephemeralContainers'] as const;
type ContainerList = (typeof containerLists)[number];

/**
 * The pod specs in `resource`, in the order of their places; none for most kinds. `more` are
 * additional places in the policy.
 */
export function podSpecsOf(resource: Resource, more?: PodPlaces): readonly PodSpec[] {
  const pods: PodSpec[] = [];
  for (const place of podTemplatesOf(resource, more)) {
    const pod = podSpecAt(resource, place);
    if (pod !== undefined) pods.push(pod);
  }
  return pods;
}

/** The pod spec at one place of `resource`, if there is one. */
export function podSpecAt(
  resource: Resource,
  {path, place}: PodTemplatePlace,
): PodSpec | undefined {
  const template = asMap(valueAt(resource.value, path));
  const spec = place.isBare === true ? template : asMap(template?.['spec']);
  if (spec === undefined) return undefined;
  const specPath = place.isBare === true ? path : [...path, 'spec'];
  return {
    resource,
    path: specPath,
    value: spec,
    form: place.form,
    metadata: asMap(template?.['metadata']),
    metadataPath: [...path, 'metadata'],
    containers:
      place.containers === undefined
        ? containersOf(spec, specPath)
        : placedContainersOf(spec, specPath, place.containers),
  };
}

function containersOf(spec: JsonMap, specPath: Path): readonly Container[] {
  const containers: Container[] = [];
  for (const list of containerLists) {
    for (const [index, item] of asList(spec[list]).entries()) {
      const value = asMap(item);
      if (value === undefined) continue;
      const name = asString(value['name']) ?? '';
      containers.push({list, name, value, path: [...specPath, list, index]});
    }
  }
  return containers;
}

/** The containers at `places`, each of which is a list or a single container. */
function placedContainersOf(
  spec: JsonMap,
  specPath: Path,
  places: readonly Path[],
): readonly Container[] {
  return places.flatMap(place => {
    const found = valueAt(spec, place);
    const path = [...specPath, ...place];
    const list = place[0] === 'initContainers' ? 'initContainers' : 'containers';
    const items = isList(found) ? [...found.entries()] : [[undefined, found] as const];
    return items.flatMap(([index, item]) => {
      const value = asMap(item);
      if (value === undefined) return [];
      const name = asString(value['name']) ?? '';
      return [{list, name, value, path: index === undefined ? path : [...path, index]}];
    });
  });
}
