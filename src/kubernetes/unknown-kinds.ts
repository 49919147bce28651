import type {GroupKind} from './resource.ts';

/**
 * Groups of Kubernetes itself with a dot in their name: all of their kinds with pods are known, and
 * CRDs contain schemas.
 */
const builtIn: ReadonlySet<string> = new Set(
  [
    'admissionregistration',
    'apiextensions',
    'apiregistration',
    'authentication',
    'authorization',
    'certificates',
    'coordination',
    'custom.metrics',
    'discovery',
    'events',
    'external.metrics',
    'flowcontrol.apiserver',
    'gateway.networking',
    'internal.apiserver',
    'metrics',
    'networking',
    'node',
    'policy.networking',
    'rbac.authorization',
    'resource',
    'scheduling',
    'snapshot.storage',
    'storage',
    'storagemigration',
  ].map(group => `${group}.k8s.io`),
);

/**
 * Groups of policy engines and scanners: what looks like a pod there is a pattern or a report,
 * except in objects that an engine creates (`created-objects.ts`).
 */
const ofPolicies: ReadonlySet<string> = new Set([
  'aquasecurity.github.io',
  'constraints.gatekeeper.sh',
  'config.gatekeeper.sh',
  'expansion.gatekeeper.sh',
  'kyverno.io',
  'mutations.gatekeeper.sh',
  'openreports.io',
  'policies.kyverno.io',
  'policy.open-cluster-management.io',
  'reports.kyverno.io',
  'spdx.softwarecomposition.kubescape.io',
  'templates.gatekeeper.sh',
  'wgpolicyk8s.io',
]);

/** Whether objects of that kind are policies or reports. */
export const isPolicy = ({group, kind}: GroupKind): boolean =>
  ofPolicies.has(group) || (group === 'policies.kubewarden.io' && kind !== 'PolicyServer');

/** Whether that kind is a custom resource. */
export const isCustom = ({group}: Pick<GroupKind, 'group'>): boolean =>
  group.includes('.') && !builtIn.has(group);
