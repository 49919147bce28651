import type {JsonMap} from '../../json.ts';
import {namespacesNamed} from './outside.ts';

/**
 * The peer for pods in `namespace`, in a policy in the namespace `seenFrom`. A missing namespace is
 * that of the release: if the policy sets its own, only a selector of all namespaces certainly
 * includes it.
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
