import {asString, valueAt} from '../json.ts';
import type {Resource} from './resource.ts';

/**
 * kustomize corrects references only when all transformers have run: to one of them an object has its
 * new name, and what names it has the one before. It passes the former ones along, in order.
 */
const annotations = {
  name: 'internal.config.kubernetes.io/previousNames',
  namespace: 'internal.config.kubernetes.io/previousNamespaces',
} as const;

/** Each overlay may add one: nobody has more, and a hostile stream costs no more. */
const mostNames = 8;

function formerOf({value}: Resource, what: keyof typeof annotations): readonly string[] {
  const text = asString(valueAt(value, ['metadata', 'annotations', annotations[what]]));
  return text === undefined ? [] : text.split(',').slice(-mostNames);
}

/** The names by which an object may be meant: its own, and those that it had within kustomize. */
export const namesOf = (resource: Resource): readonly string[] => [
  ...new Set([resource.name, ...formerOf(resource, 'name')].filter(name => name !== '')),
];

/** The namespaces in which an object may be meant; one that is left out is the release's. */
export const namespacesOf = (resource: Resource): readonly (string | undefined)[] => [
  ...new Set([resource.namespace, ...formerOf(resource, 'namespace').filter(isNamed)]),
];

// kustomize writes `default` where there was none: then nothing refers to it by a namespace.
const isNamed = (namespace: string): boolean => namespace !== '';
