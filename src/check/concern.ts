import {mayWait} from '../evidence/table.ts';
import type {GroupKind} from '../kubernetes/resource.ts';
import type {Policy} from '../policy/policy.ts';
import {activeRules} from '../rules/index.ts';
import type {Rule} from '../rules/rule.ts';

/**
 * A schema: nothing in it runs or can be reached. These are by far the longest documents, and
 * written by tools.
 */
const definition = 'apiextensions.k8s.io/CustomResourceDefinition';

/**
 * Kinds of Kubernetes itself without pods, by API group. Custom resources may always contain pods.
 */
const podless: ReadonlySet<string> = new Set([
  definition,
  '/ConfigMap',
  '/Endpoints',
  '/LimitRange',
  '/Namespace',
  '/PersistentVolume',
  '/PersistentVolumeClaim',
  '/ResourceQuota',
  '/Secret',
  '/Service',
  '/ServiceAccount',
  'admissionregistration.k8s.io/MutatingWebhookConfiguration',
  'admissionregistration.k8s.io/ValidatingAdmissionPolicy',
  'admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding',
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration',
  'apiregistration.k8s.io/APIService',
  'autoscaling/HorizontalPodAutoscaler',
  'coordination.k8s.io/Lease',
  'discovery.k8s.io/EndpointSlice',
  'networking.k8s.io/Ingress',
  'networking.k8s.io/IngressClass',
  'networking.k8s.io/NetworkPolicy',
  'policy/PodDisruptionBudget',
  'rbac.authorization.k8s.io/ClusterRole',
  'rbac.authorization.k8s.io/ClusterRoleBinding',
  'rbac.authorization.k8s.io/Role',
  'rbac.authorization.k8s.io/RoleBinding',
  'scheduling.k8s.io/PriorityClass',
  'storage.k8s.io/StorageClass',
]);

/** Kinds that may show that pods need what rewrites would take away: see `src/evidence`. */
const tellingKinds: ReadonlySet<string> = new Set([
  '/ConfigMap',
  '/Endpoints',
  '/Secret',
  '/Service',
  'admissionregistration.k8s.io/MutatingWebhookConfiguration',
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration',
  'apiregistration.k8s.io/APIService',
  'discovery.k8s.io/EndpointSlice',
  'networking.k8s.io/IngressClass',
  'networking.k8s.io/NetworkPolicy',
  'rbac.authorization.k8s.io/ClusterRole',
  'rbac.authorization.k8s.io/ClusterRoleBinding',
  'rbac.authorization.k8s.io/Role',
  'rbac.authorization.k8s.io/RoleBinding',
]);

/** Kinds that may tell the namespace of the release, which fingerprints leave out: they are the same whatever is asked. */
const namingKinds: ReadonlySet<string> = new Set([
  '/ServiceAccount',
  'rbac.authorization.k8s.io/ClusterRoleBinding',
  'rbac.authorization.k8s.io/RoleBinding',
]);

const keyOf = ({group, kind}: GroupKind): string => `${group}/${kind}`;

/** Whether `rule` looks at more of an object than its pods. */
export function looksAt({kinds}: Rule, object: GroupKind): boolean {
  if (kinds === 'all') return keyOf(object) !== definition;
  return kinds === 'custom' ? !podless.has(keyOf(object)) : kinds?.includes(object.kind) === true;
}

/**
 * Finds the kinds that need not be parsed under `policy`: no active rule looks at them, and they
 * cannot show a need of pods that would lose something.
 */
export function concernOf(policy: Policy): (object: GroupKind) => boolean {
  const active = activeRules(policy);
  const asksForNeed = active.some(mayWait);
  const {workloads} = policy;
  return object => {
    const key = keyOf(object);
    return (
      !podless.has(key) ||
      namingKinds.has(key) ||
      workloads.has(key) ||
      (asksForNeed && tellingKinds.has(key)) ||
      active.some(rule => looksAt(rule, object))
    );
  };
}
