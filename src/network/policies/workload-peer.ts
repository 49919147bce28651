import type {JsonMap} from '../../json.ts';
import {namespacesNamed} from '../needs/outside.ts';

/**
 * The peer that a policy in the namespace `seenFrom` names for pods in `namespace`. A namespace
 * that is left out is the release's: where the policy names its own, only all namespaces are sure
 * to have it.
 */
export function peerSeenFrom(
  seenFrom: string | undefined,
  namespace: string | undefined,
  podSelector: JsonMap,
): JsonMap {
  if (namespace === seenFrom) return {podSelector};
  const namespaceSelector = namespace === undefined ? {} : namespacesNamed([namespace]);
  return {namespaceSelector, podSelector};
}
