import {asList, asMap, type Json, type JsonList, textOf} from '../json.ts';

/** Resources of an API group, as the rules of webhooks and admission policies name them. */
export type GroupResources = Readonly<Record<string, readonly string[]>>;

/** Pods and what creates them. */
export const podResources = {
  '': ['pods', 'podtemplates', 'replicationcontrollers'],
  apps: ['daemonsets', 'deployments', 'replicasets', 'statefulsets'],
  batch: ['cronjobs', 'jobs'],
} as const satisfies GroupResources;

/**
 * Pods and their controllers, and what else decides what a pod is: the labels of a pod can also be
 * changed with its status or its binding to a node, and a StatefulSet creates its pods from a
 * ControllerRevision.
 */
export const podDecidingResources: GroupResources = {
  '': [...podResources[''], 'bindings', 'pods/binding', 'pods/ephemeralcontainers', 'pods/status'],
  apps: [...podResources.apps, 'controllerrevisions'],
  batch: podResources.batch,
};

/** Network policies, of Kubernetes and of network plugins. */
export const policyResources = {
  'networking.k8s.io': ['networkpolicies'],
  'policy.networking.k8s.io': [
    'adminnetworkpolicies',
    'baselineadminnetworkpolicies',
    'clusternetworkpolicies',
  ],
  'cilium.io': ['ciliumclusterwidenetworkpolicies', 'ciliumnetworkpolicies'],
  'crd.projectcalico.org': ['globalnetworkpolicies', 'networkpolicies', 'tiers'],
  'projectcalico.org': ['globalnetworkpolicies', 'networkpolicies', 'tiers'],
} as const satisfies GroupResources;

/** Other built-in kinds that rules check. */
export const otherResources = {
  '': ['namespaces', 'persistentvolumes', 'services'],
  'networking.k8s.io': ['ingresses'],
  'rbac.authorization.k8s.io': ['clusterrolebindings', 'clusterroles', 'rolebindings', 'roles'],
} as const satisfies GroupResources;

/**
 * The first of `rules` that matches an object of `wanted` before it is stored, or -1:
 * RuleWithOperations in k8s.io/api/admissionregistration/v1. What cannot be read may match
 * anything.
 */
export const firstRuleFor = (rules: JsonList, wanted: GroupResources): number =>
  rules.findIndex(rule => {
    const {operations, apiGroups, resources} = asMap(rule) ?? {};
    if (!names(operations, ['*', 'CREATE', 'UPDATE'])) return false;
    return Object.entries(wanted).some(
      ([group, all]) =>
        names(apiGroups, ['*', group]) && all.some(each => names(resources, patternsFor(each))),
    );
  });

const names = (list: Json | undefined, wanted: readonly string[]): boolean => {
  const texts = asList(list).map(textOf);
  return texts.length === 0 || texts.some(text => wanted.includes(text));
};

/** The patterns that match a resource or a subresource. */
function patternsFor(resource: string): readonly string[] {
  const [parent = '', subresource] = resource.split('/');
  if (subresource === undefined) return [resource, '*', '*/*'];
  return [resource, `${parent}/*`, `*/${subresource}`, '*/*'];
}
