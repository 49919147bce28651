import {asList, asMap, type Json, valueAt} from '../json.ts';
import {clusterNamespaces} from '../kubernetes/cluster-namespaces.ts';
import {governs, lastingOf, networkPoliciesOf} from '../kubernetes/isolation.ts';
import type {Resource} from '../kubernetes/resource.ts';
import type {Rule} from './rule.ts';

/**
 * Each Namespace of the stream must have a NetworkPolicy in the stream that selects all of its pods
 * and governs ingress: those that a later release creates, too.
 */
export const requireNamespacePolicy: Rule = {
  id: 'require-namespace-policy',
  title: 'Namespaces must have a NetworkPolicy for all of their pods',
  severity: 'low',
  remedy:
    'Add a NetworkPolicy with `podSelector: {}` that denies ingress; `networkPolicy.namespaceDeny` in the policy adds one.',
  rationale:
    'A pod that nobody wrote a policy for, such as one that an attacker starts, accepts and opens any connection in a namespace without such a policy.',
  references: {
    cis: ['5.3.2'],
    nsa: 'Network separation and hardening',
    nist: ['AC-4', 'SC-7'],
  },
  kinds: ['Namespace', 'NetworkPolicy'],
  *checkStream(stream, {policy}) {
    if (policy.networkPolicy.namespaceDeny) return;
    const namespaces = stream.ofKind('Namespace').filter(({group}) => group === '');
    if (namespaces.length === 0) return;
    const covered = new Set(
      lastingOf(networkPoliciesOf(stream))
        .filter(isForAll)
        .map(({namespace}) => namespace),
    );
    for (const resource of namespaces) {
      if (covered.has(resource.name) || clusterNamespaces.has(resource.name)) continue;
      const message =
        'no NetworkPolicy in the stream selects all pods of the namespace: those without a policy of their own accept connections from everywhere';
      yield {resource, path: ['metadata', 'name'], message};
    }
  },
};

const isForAll = ({value}: Resource): boolean =>
  governs(value, 'ingress') && isEmpty(valueAt(value, ['spec', 'podSelector']));

const isEmpty = (selector: Json | undefined): boolean => {
  const {matchLabels, matchExpressions} = asMap(selector) ?? {};
  return Object.keys(asMap(matchLabels) ?? {}).length + asList(matchExpressions).length === 0;
};
