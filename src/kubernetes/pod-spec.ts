import {asList, asMap, asString, type JsonMap, type Path, valueAt} from '../json.ts';
import {podTemplatesOf} from './pod-templates.ts';
import type {Resource} from './resource.ts';

/** A pod spec, wherever its workload keeps it. Paths are from the workload's root. */
export interface PodSpec {
  readonly resource: Resource;
  readonly path: Path;
  readonly value: JsonMap;
  /** The pods' metadata: labels and annotations. */
  readonly metadata: JsonMap | undefined;
  readonly metadataPath: Path;
  /** Init containers first, as they start; containers; ephemeral containers. */
  readonly containers: readonly Container[];
}

export interface Container {
  readonly list: ContainerList;
  readonly name: string;
  readonly value: JsonMap;
  readonly path: Path;
}

const containerLists = ['initContainers', 'containers', 'ephemeralContainers'] as const;
type ContainerList = (typeof containerLists)[number];

/** The pod specs that `resource` holds, in the order of their paths; none for most kinds. */
export function podSpecsOf(resource: Resource): readonly PodSpec[] {
  const pods: PodSpec[] = [];
  for (const path of podTemplatesOf(resource)) {
    const template = asMap(valueAt(resource.value, path));
    const spec = asMap(template?.['spec']);
    if (spec === undefined) continue;
    const specPath = [...path, 'spec'];
    pods.push({
      resource,
      path: specPath,
      value: spec,
      metadata: asMap(template?.['metadata']),
      metadataPath: [...path, 'metadata'],
      containers: containersOf(spec, specPath),
    });
  }
  return pods;
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
