import {type Edit, remove} from '../edits.ts';
import {asMap, isList, type JsonMap, type Path} from '../json.ts';
import type {Container, PodSpec} from './pod-spec.ts';

/** How a container uses a volume of its pod: as a folder, or as a raw device. */
interface VolumeUse {
  readonly list: 'volumeMounts' | 'volumeDevices';
  readonly value: JsonMap;
  /** From the root of the object. */
  readonly path: Path;
  readonly container: Container;
}

/** How the containers of a pod use its volumes. Walks the pod once, on the first call. */
export class VolumeUses {
  readonly #pod: PodSpec;
  #byName: Map<string, VolumeUse[]> | undefined;

  constructor(pod: PodSpec) {
    this.#pod = pod;
  }

  /**
   * The uses of the volume `name`, in the order of the containers. They are returned only once: a
   * second volume with that name, which the API server refuses, has none.
   */
  take(name: string): readonly VolumeUse[] {
    this.#byName ??= usesByName(this.#pod);
    const uses = this.#byName.get(name) ?? [];
    this.#byName.delete(name);
    return uses;
  }

  /** The edits that remove the volume at `path`, and its uses. */
  withdrawal(name: string, path: Path): readonly Edit[] {
    return [remove(path), ...this.take(name).map(use => remove(use.path))];
  }
}

function usesByName(pod: PodSpec): Map<string, VolumeUse[]> {
  const uses = new Map<string, VolumeUse[]>();
  for (const container of pod.containers) {
    for (const list of ['volumeMounts', 'volumeDevices'] as const) {
      const items = container.value[list];
      if (!isList(items)) continue;
      for (const [index, item] of items.entries()) {
        const value = asMap(item);
        const name = value?.['name'];
        if (value === undefined || typeof name !== 'string') continue;
        const use = {list, value, path: [...container.path, list, index], container};
        const same = uses.get(name);
        if (same === undefined) uses.set(name, [use]);
        else same.push(use);
      }
    }
  }
  return uses;
}
