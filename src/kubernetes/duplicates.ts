import {asMap, textOf, valueAt} from '../json.ts';
import type {Resource} from './resource.ts';

/** What makes an object one that is there at some events only. */
const hookAnnotations = ['helm.sh/hook', 'argocd.argoproj.io/hook'];

/**
 * The objects of a stream of which an earlier one has the same kind, namespace and name: kubectl applies both,
 * and the later takes the place of the earlier; Helm fails, or leaves it to chance which comes last. Hooks of
 * different events may share a name.
 */
export function laterDuplicatesIn(resources: readonly Resource[]): readonly Resource[] {
  const seen = new Set<string>();
  return resources.filter(resource => {
    const name = asMap(resource.value['metadata'])?.['name'] ?? '';
    if (name === '') return false;
    const key = keyOf(resource);
    const isLater = seen.has(key);
    seen.add(key);
    return isLater;
  });
}

function keyOf({group, kind, namespace, name, value}: Resource): string {
  const hooks = hookAnnotations.map(key =>
    textOf(valueAt(value, ['metadata', 'annotations', key])),
  );
  return JSON.stringify([group, kind, namespace ?? '', name, ...hooks]);
}
