import {asList, asMap, type JsonMap, valueAt} from '../../json.ts';
import {testOf} from '../known-labels.ts';
import type {Resource} from '../resource.ts';
import type {PluginPolicy} from './plugin-policy.ts';

/**
 * The policies of cluster administrators (https://network-policy-api.sigs.k8s.io/api-overview/).
 * Baseline policies apply if no NetworkPolicy selects the pods. They admit only pods.
 */
export const adminKinds = [
  'AdminNetworkPolicy',
  'BaselineAdminNetworkPolicy',
  'ClusterNetworkPolicy',
];

export const isAdmin = ({group, kind}: Resource): boolean =>
  group === 'policy.networking.k8s.io' && adminKinds.includes(kind);

export function* adminPolicies(resource: Resource): Iterable<PluginPolicy> {
  const {value} = resource;
  const subject = asMap(valueAt(value, ['spec', 'subject'])) ?? {};
  const pods = asMap(subject['pods']);
  const namespaces = asMap(pods === undefined ? subject['namespaces'] : pods['namespaceSelector']);
  const finds = asMap(pods?.['podSelector']) ?? {};
  yield {
    resource,
    closes: (['ingress', 'egress'] as const).filter(each => denies(value, each)),
    selection: JSON.stringify(subject),
    finds,
    pods: testOf(finds),
    namespaces: testOf(namespaces),
    openings: [],
  };
}

/** A policy that only allows or passes leaves the rest to others. */
const denies = (value: JsonMap, direction: string): boolean =>
  asList(valueAt(value, ['spec', direction])).some(rule => asMap(rule)?.['action'] === 'Deny');
