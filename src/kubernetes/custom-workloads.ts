import {memoized} from '../memoized.ts';
import type {GroupResources} from './admission-rules.ts';
import {knownPlaces, type PodPlaces} from './pod-places.ts';
import {isCustom} from './unknown-kinds.ts';

export interface CustomWorkloads {
  /** As the rules of webhooks and admission policies name them. */
  readonly resources: GroupResources;
  readonly kinds: ReadonlySet<string>;
}

/**
 * The custom resources with pods: those that are known, and those that a policy declares. Kinds
 * that are also called so in Kubernetes itself are not among the `kinds`.
 */
export const customWorkloads = memoized((declared: PodPlaces): CustomWorkloads => {
  const resources = new Map<string, Set<string>>();
  const kinds = new Set<string>();
  for (const key of [...knownPlaces.keys(), ...declared.keys()]) {
    const [group = '', kind = ''] = key.split('/');
    if (!isCustom({group})) continue;
    const known = resources.get(group);
    if (known === undefined) resources.set(group, new Set([pluralOf(kind)]));
    else known.add(pluralOf(kind));
    if (!ofKubernetes.has(kind)) kinds.add(kind);
  }
  return {
    resources: Object.fromEntries([...resources].map(([group, names]) => [group, [...names]])),
    kinds,
  };
});

const ofKubernetes: ReadonlySet<string> = new Set([
  'CronJob',
  'DaemonSet',
  'Job',
  'Service',
  'StatefulSet',
]);

/** As UnsafeGuessKindToResource in k8s.io/apimachinery/pkg/api/meta guesses it. */
function pluralOf(kind: string): string {
  const singular = kind.toLowerCase();
  if (singular.endsWith('s')) return `${singular}es`;
  return singular.endsWith('y') ? `${singular.slice(0, -1)}ies` : `${singular}s`;
}
