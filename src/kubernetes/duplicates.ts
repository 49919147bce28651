import {asMap, textOf, valueAt} from '../json.ts';
import type {Resource} from './resource.ts';

export interface Duplicate {
  readonly resource: Resource;
  /**
   * Whether an earlier one is in the same text, and not only in others that are applied with it.
   */
  readonly isInOneText: boolean;
}

/** What makes an object exist only at some events. */
const hookAnnotations = ['helm.sh/hook', 'argocd.argoproj.io/hook'];

/**
 * The objects of a stream with the same kind, namespace and name as an earlier one. kubectl applies
 * both, and the later replaces the earlier. Helm fails, or the order is unpredictable. Hooks of
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
