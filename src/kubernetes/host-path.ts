import {posix} from 'node:path';
import {asList, asMap, asString, type JsonMap, type Path} from '../json.ts';
import type {PodSpec} from './pod-spec.ts';

/** A volume that is a place on the node. */
export interface HostPathVolume {
  readonly name: string;
  /** As it stands in the manifest. */
  readonly text: string;
  /** The place that is meant: absolute, without `..`, and `/run` where `/var/run` leads. */
  readonly place: string;
  /** Of the field `hostPath.path`, from the object's root. */
  readonly path: Path;
}

export function hostPathVolumesOf(pod: PodSpec): readonly HostPathVolume[] {
  return [...asList(pod.value['volumes']).entries()].flatMap(([index, item]) => {
    const volume = asMap(item);
    const text = asString(asMap(volume?.['hostPath'])?.['path']);
    if (text === undefined) return [];
    const path = [...pod.path, 'volumes', index, 'hostPath', 'path'];
    return [{name: asString(volume?.['name']) ?? '', text, place: placeOf(text), path}];
  });
}

function placeOf(text: string): string {
  const absolute = posix.resolve('/', text);
  return absolute.replace(/^\/var\/run(?=\/|$)/, '/run');
}

/** Whether mounting `place` shows `target`, or a part of it. */
export const touches = (place: string, target: string): boolean =>
  place === '/' || isWithin(target, place) || isWithin(place, target);

/** Whether `place` is `folder`, or lies in it. */
export const isWithin = (place: string, folder: string): boolean =>
  folder === '/' || place === folder || place.startsWith(`${folder}/`);

/** Where the pod's containers mount a volume. */
export function mountsOf(
  pod: PodSpec,
  name: string,
): readonly {readonly mount: JsonMap; readonly path: Path; readonly container: string}[] {
  return pod.containers.flatMap(container =>
    [...asList(container.value['volumeMounts']).entries()].flatMap(([index, item]) => {
      const mount = asMap(item);
      if (mount?.['name'] !== name) return [];
      const path = [...container.path, 'volumeMounts', index];
      return [{mount, path, container: container.name}];
    }),
  );
}
