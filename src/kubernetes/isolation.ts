import {asList, asMap, type JsonMap} from '../json.ts';
import type {Resource} from './resource.ts';
import type {PodSelection, StreamIndex} from './stream-index.ts';
import type {Workload} from './workload.ts';

export type Direction = 'ingress' | 'egress';

/** The NetworkPolicies of the API group that clusters enforce, in the stream's order. */
export const networkPoliciesOf = (stream: StreamIndex): readonly Resource[] =>
  stream.ofKind('NetworkPolicy').filter(({group}) => group === 'networking.k8s.io');

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

/** The workloads that `policies` isolate in `direction`, each with the first that does. */
export function isolatedBy(
  policies: readonly Resource[],
  direction: Direction,
  pods: PodSelection,
): ReadonlyMap<Workload, Resource> {
  const isolated = new Map<Workload, Resource>();
  const seen = new Set<string>();
  for (const policy of policies) {
    if (!governs(policy.value, direction)) continue;
    const selector = asMap(policy.value['spec'])?.['podSelector'] ?? {};
    const key = JSON.stringify([policy.namespace ?? '', selector]);
    if (seen.has(key)) continue;
    seen.add(key);
    for (const workload of pods.select(selector, policy.namespace)) {
      if (!isolated.has(workload)) isolated.set(workload, policy);
    }
  }
  return isolated;
}
