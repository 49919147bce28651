import {asList, asMap, type JsonMap} from '../json.ts';
import type {PodSelection} from './pod-selection.ts';
import {groupOf, type Resource} from './resource.ts';
import type {StreamIndex} from './stream-index.ts';
import type {Workload} from './workload.ts';

export type Direction = 'ingress' | 'egress';

/** The NetworkPolicies of the API group that clusters enforce, in the stream's order. */
export const networkPoliciesOf = (stream: StreamIndex): readonly Resource[] =>
  stream
    .ofKind('NetworkPolicy')
    .filter(({apiVersion}) => groupOf(apiVersion) === 'networking.k8s.io');

/**
 * Whether a NetworkPolicy governs a direction. One that lists no `policyTypes` governs ingress,
 * and egress where it has egress rules.
 */
export function governs(policy: JsonMap, direction: Direction): boolean {
  const spec = asMap(policy['spec']);
  const types = asList(spec?.['policyTypes']);
  if (types.length > 0) return types.includes(direction === 'ingress' ? 'Ingress' : 'Egress');
  return direction === 'ingress' || asList(spec?.['egress']).length > 0;
}

/** The workloads that `policies` isolate in `direction`. */
export function isolatedBy(
  policies: readonly Resource[],
  direction: Direction,
  pods: PodSelection,
): ReadonlySet<Workload> {
  const isolated = new Set<Workload>();
  for (const {value, namespace} of policies) {
    if (!governs(value, direction)) continue;
    const selector = asMap(value['spec'])?.['podSelector'] ?? {};
    for (const workload of pods.select(selector, namespace)) isolated.add(workload);
  }
  return isolated;
}
