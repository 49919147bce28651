import {asMap, type Path, valueAt} from '../json.ts';
import type {Resource} from './resource.ts';

/** The prefix of the annotations that kube-harden writes. */
const prefix = 'kube-harden.io/';

/** The annotation on a rewritten object that lists the applied rules. */
export const rewrittenAnnotation = `${prefix}rewritten`;

/** The annotations with which an object asks to be excepted from rules. They count only where the policy trusts them. */
export const allowAnnotation = `${prefix}allow`;
export const reasonAnnotation = `${prefix}reason`;

/**
 * The annotations and labels of an object with kube-harden's prefix: in the input, they are the
 * author's.
 */
export function ownMarksOf({value}: Resource): readonly Path[] {
  return ['annotations', 'labels'].flatMap(field => {
    const path = ['metadata', field];
    const keys = Object.keys(asMap(valueAt(value, path)) ?? {});
    return keys.filter(key => key.startsWith(prefix)).map(key => [...path, key]);
  });
}
