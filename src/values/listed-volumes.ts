import {asMap, isList, isMap, type Json, type JsonList, type JsonMap, type Path} from '../json.ts';
import type {Setting} from './setting.ts';

/** More keys are not looked at. */
const mostVisited = 200_000;

/**
 * The settings that leave a volume out, with its mounts, if the values list it as a folder of the node; none if they do not.
 * Charts often have such lists, such as `daemonSetVolumes`, and render them as they are.
 */
export function withoutVolume(volume: string, values: JsonMap): readonly Setting[] {
  const settings: Setting[] = [];
  let isListed = false;
  for (const {path, list} of listsIn(values)) {
    const left = list.filter(item => !isOfVolume(item, volume)) as Json[];
    if (left.length === list.length) continue;
    settings.push({path, value: left});
    isListed ||= list.some(item => isOfVolume(item, volume) && isMap(asMap(item)?.['hostPath']));
  }
  return isListed ? settings : [];
}

/** Whether an item is a volume with that name, or a mount of it. */
function isOfVolume(item: Json | undefined, volume: string): boolean {
  const map = asMap(item);
  return map?.['name'] === volume && (isMap(map['hostPath']) || map['mountPath'] !== undefined);
}

function* listsIn(values: JsonMap): Iterable<{readonly path: Path; readonly list: JsonList}> {
  const queue: [JsonMap, Path][] = [[values, []]];
  let visited = 0;
  for (const [map, path] of queue) {
    for (const key of Object.keys(map)) {
      if (visited++ > mostVisited) return;
      const value = map[key];
      if (isMap(value)) queue.push([value, [...path, key]]);
      else if (isList(value)) yield {path: [...path, key], list: value};
    }
  }
}
