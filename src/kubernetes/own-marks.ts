import {asMap, type Path, valueAt} from '../json.ts';
import type {Resource} from './resource.ts';

/** The prefix of the annotations that kube-harden writes. */
const prefix = 'kube-harden.io/';

/** Lists, on a rewritten object, the rules whose rewrites were made. */
export const rewrittenAnnotation = `${prefix}rewritten`;

/** The annotations and labels of an object that bear kube-harden's name: of what was read, the author's word. */
export function ownMarksOf({value}: Resource): readonly Path[] {
  return ['annotations', 'labels'].flatMap(field => {
    const path = ['metadata', field];
    const keys = Object.keys(asMap(valueAt(value, path)) ?? {});
    return keys.filter(key => key.startsWith(prefix)).map(key => [...path, key]);
  });
}
