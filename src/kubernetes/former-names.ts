import {asString, valueAt} from '../json.ts';
import type {Resource} from './resource.ts';

/**
 * kustomize updates references only after all transformers have run. A transformer sees an object
 * with its new name, and references with the old one. kustomize passes the former names along, in
 * order.
 */
const annotations = {
  name: 'internal.config.kubernetes.io/previousNames',
  namespace: 'internal.config.kubernetes.io/previousNamespaces',
} as const;

/** Each overlay may add one. The limit bounds the cost of a hostile stream. */
const mostNames = 8;

function formerOf({value}: Resource, what: keyof typeof annotations): readonly string[] {
  const text = asString(valueAt(value, ['metadata', 'annotations', annotations[what]]));
  return text === undefined ? [] : text.split(',').slice(-mostNames);
}

/** The names that may refer to an object: its own, and those that it had within kustomize. */
export const namesOf = (resource: Resource): readonly string[] => [
  ...new Set([resource.name, ...formerOf(resource, 'name')].filter(name => name !== '')),
];

/** The namespaces in which an object may be referred to; a missing one is that of the release. */
export const namespacesOf = (resource: Resource): readonly (string | undefined)[] => [
  ...new Set([resource.namespace, ...formerOf(resource, 'namespace').filter(isNamed)]),
];

// kustomize writes `default` if there was none: then nothing refers to it with a namespace.
const isNamed = (namespace: string): boolean => namespace !== '';
