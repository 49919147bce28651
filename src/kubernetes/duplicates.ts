import {asMap, textOf, valueAt} from '../json.ts';
import type {Resource} from './resource.ts';

export interface Duplicate {
  readonly resource: Resource;
  /** Whether an earlier one stands in the same text, and not only in others that are applied together with it. */
  readonly isInOneText: boolean;
}

/** What makes an object one that is there at some events only. */
const hookAnnotations = ['helm.sh/hook', 'argocd.argoproj.io/hook'];

/**
 * The objects of a stream of which an earlier one has the same kind, namespace and name: kubectl applies both,
 * and the later takes the place of the earlier; Helm fails, or leaves it to chance which comes last. Hooks of
 * different events may share a name.
 */
export function laterDuplicatesIn(resources: readonly Resource[]): readonly Duplicate[] {
  const inputs = new Map<string, Set<number>>();
  return resources.flatMap(resource => {
    const name = asMap(resource.value['metadata'])?.['name'] ?? '';
    if (name === '') return [];
    const key = keyOf(resource);
    const {input = 0} = resource;
    const before = inputs.get(key);
    if (before === undefined) {
      inputs.set(key, new Set([input]));
      return [];
    }
    const isInOneText = before.has(input);
    before.add(input);
    return [{resource, isInOneText}];
  });
}

function keyOf({group, kind, namespace, name, value}: Resource): string {
  const hooks = hookAnnotations.map(key =>
    textOf(valueAt(value, ['metadata', 'annotations', key])),
  );
  return JSON.stringify([group, kind, namespace ?? '', name, ...hooks]);
}
