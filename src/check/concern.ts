import {mayWait} from '../evidence/table.ts';
import type {GroupKind} from '../kubernetes/resource.ts';
import type {Policy} from '../policy/policy.ts';
import {activeRules} from '../rules/index.ts';
import type {Rule} from '../rules/rule.ts';

/** A schema: nothing in it runs, or is reached. The longest documents by far, written by tools. */
const definition = 'apiextensions.k8s.io/CustomResourceDefinition';

/** Kinds of Kubernetes' own that hold no pods, by API group; of custom resources, who knows. */
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

/** What may show that pods need what rewrites would take: see `src/evidence`. */
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
]);

const keyOf = ({group, kind}: GroupKind): string => `${group}/${kind}`;

/** Whether `rule` looks at what an object is beside its pods. */
export function looksAt({kinds}: Rule, object: GroupKind): boolean {
  if (kinds === 'all') return keyOf(object) !== definition;
  return kinds === 'custom' ? !podless.has(keyOf(object)) : kinds?.includes(object.kind) === true;
}

/**
 * Tells what no active rule of `policy` can concern, so that it need not be read: neither by itself,
 * nor by what it shows of the needs of pods that would lose something by it.
 */
export function concernOf(policy: Policy): (object: GroupKind) => boolean {
  const active = activeRules(policy);
  const asksForNeed = active.some(mayWait);
  const {workloads} = policy;
  return object => {
    const key = keyOf(object);
    return (
      !podless.has(key) ||
      workloads.has(key) ||
      (asksForNeed && tellingKinds.has(key)) ||
      active.some(rule => looksAt(rule, object))
    );
  };
}
