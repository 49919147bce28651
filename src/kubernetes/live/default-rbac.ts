import {asList, asMap, type JsonMap, valueAt} from '../../json.ts';
import type {Resource} from '../resource.ts';

/** The controllers of Kubernetes that have a ClusterRole and a binding of their own, and some former ones. */
const controllers = [
  'attachdetach-controller',
  'certificate-controller',
  'clusterrole-aggregation-controller',
  'cronjob-controller',
  'daemon-set-controller',
  'deployment-controller',
  'device-taint-eviction-controller',
  'disruption-controller',
  'endpoint-controller',
  'endpointslice-controller',
  'endpointslicemirroring-controller',
  'ephemeral-volume-controller',
  'expand-controller',
  'generic-garbage-collector',
  'horizontal-pod-autoscaler',
  'job-controller',
  'legacy-service-account-token-cleaner',
  'namespace-controller',
  'node-controller',
  'persistent-volume-binder',
  'pod-garbage-collector',
  'pv-protection-controller',
  'pvc-protection-controller',
  'replicaset-controller',
  'replication-controller',
  'resource-claim-controller',
  'resourcequota-controller',
  'root-ca-cert-publisher',
  'route-controller',
  'selinux-warning-controller',
  'service-account-controller',
  'service-cidrs-controller',
  'service-controller',
  'statefulset-controller',
  'ttl-after-finished-controller',
  'ttl-controller',
  'validatingadmissionpolicy-status-controller',
  'volumeattributesclass-protection-controller',
  'bootstrap-signer',
  'cloud-provider',
  'token-cleaner',
].map(name => `system:controller:${name}`);

const signers = [
  'certificatesigningrequests:nodeclient',
  'certificatesigningrequests:selfnodeclient',
  'kube-apiserver-client-approver',
  'kube-apiserver-client-kubelet-approver',
  'kubelet-serving-approver',
  'legacy-unknown-approver',
].map(name => `system:certificates.k8s.io:${name}`);

/**
 * The names of the roles and bindings that the API server creates when it starts: bootstrappolicy in
 * k8s.io/kubernetes/plugin/pkg/auth/authorizer/rbac, v1.36.
 */
const names: ReadonlySet<string> = new Set([
  'admin',
  'cluster-admin',
  'edit',
  'extension-apiserver-authentication-reader',
  'system::extension-apiserver-authentication-reader',
  'system::leader-locking-kube-controller-manager',
  'system::leader-locking-kube-scheduler',
  'system:aggregate-to-admin',
  'system:aggregate-to-edit',
  'system:aggregate-to-view',
  'system:auth-delegator',
  'system:basic-user',
  'system:discovery',
  'system:heapster',
  'system:kube-aggregator',
  'system:kube-controller-manager',
  'system:kube-dns',
  'system:kube-scheduler',
  'system:kubelet-api-admin',
  'system:monitoring',
  'system:node',
  'system:node-bootstrapper',
  'system:node-problem-detector',
  'system:node-proxier',
  'system:persistent-volume-provisioner',
  'system:public-info-viewer',
  'system:service-account-issuer-discovery',
  'system:volume-scheduler',
  'view',
  ...controllers,
  ...signers,
]);

/**
 * Whether `resource` is a role or binding with which every cluster starts. It has the name and the label of one. A
 * binding of `cluster-admin` that names more than the group `system:masters` is somebody's own.
 */
export function isDefaultRbac(resource: Resource): boolean {
  const {kind, group, name, value} = resource;
  if (group !== 'rbac.authorization.k8s.io' || !names.has(name)) return false;
  if (valueAt(value, ['metadata', 'labels', label]) !== 'rbac-defaults') return false;
  return kind !== 'ClusterRoleBinding' || name !== 'cluster-admin' || isOfMasters(value);
}

const label = 'kubernetes.io/bootstrapping';

const isOfMasters = ({subjects}: JsonMap): boolean =>
  asList(subjects).every(item => {
    const subject = asMap(item);
    return subject?.['kind'] === 'Group' && subject['name'] === 'system:masters';
  });

/** Whether the rules of `resource` are written by a controller, which copies them from other roles. */
export const isAggregated = ({kind, value}: Resource): boolean =>
  kind === 'ClusterRole' && asMap(value['aggregationRule']) !== undefined;
