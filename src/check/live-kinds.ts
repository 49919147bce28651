import {adminKinds} from '../kubernetes/plugin-policies/admin.ts';
import {calicoKinds} from '../kubernetes/plugin-policies/calico.ts';
import {ciliumKinds} from '../kubernetes/plugin-policies/cilium.ts';
import {knownPlaces} from '../kubernetes/pod-places.ts';
import type {GroupKind} from '../kubernetes/resource.ts';
import {publicKinds} from '../kubernetes/route-kinds.ts';
import {isCustom} from '../kubernetes/unknown-kinds.ts';
import type {Policy} from '../policy/policy.ts';
import {concernOf} from './concern.ts';

/**
 * The kinds of a cluster that an audit reads. Secrets are none of them: no rule looks into one, and a reader of all
 * Secrets is the account that attackers want. Nor are records, or kinds that only Kubernetes writes. A custom resource
 * of an unknown kind is not read either: the pods that its operator makes of it are.
 */
export function liveConcernOf(policy: Policy): (object: GroupKind) => boolean {
  const isOfConcern = concernOf(policy);
  return object => {
    const key = `${object.group}/${object.kind}`;
    if (policy.workloads.has(key)) return true;
    return liveKinds.has(key) && isOfConcern(object);
  };
}

const ofGroup = (group: string, kinds: readonly string[]): readonly string[] =>
  kinds.map(kind => `${group}/${kind}`);

const builtIn: readonly string[] = [
  ...ofGroup('apps', ['DaemonSet', 'Deployment', 'ReplicaSet', 'StatefulSet']),
  ...ofGroup('batch', ['CronJob', 'Job']),
  ...ofGroup('', [
    'ConfigMap',
    'LimitRange',
    'Namespace',
    'PersistentVolume',
    'PersistentVolumeClaim',
    'Pod',
    'PodTemplate',
    'ReplicationController',
    'ResourceQuota',
    'Service',
    'ServiceAccount',
  ]),
  ...ofGroup('admissionregistration.k8s.io', [
    'MutatingAdmissionPolicy',
    'MutatingAdmissionPolicyBinding',
    'MutatingWebhookConfiguration',
    'ValidatingWebhookConfiguration',
  ]),
  'apiregistration.k8s.io/APIService',
  'autoscaling/HorizontalPodAutoscaler',
  'discovery.k8s.io/EndpointSlice',
  ...ofGroup('networking.k8s.io', ['Ingress', 'IngressClass', 'NetworkPolicy']),
  'policy/PodDisruptionBudget',
  ...ofGroup('policy.networking.k8s.io', adminKinds),
  ...ofGroup('rbac.authorization.k8s.io', [
    'ClusterRole',
    'ClusterRoleBinding',
    'Role',
    'RoleBinding',
  ]),
  ...ofGroup('gateway.networking.k8s.io', publicKinds['gateway.networking.k8s.io'] ?? []),
];

const custom: readonly string[] = [
  ...[...knownPlaces.keys()].filter(key => isCustom({group: key.split('/')[0] ?? ''})),
  ...Object.entries(publicKinds)
    .filter(([group]) => isCustom({group}))
    .flatMap(([group, kinds]) => ofGroup(group, kinds)),
  ...ofGroup('cilium.io', ciliumKinds),
  ...ofGroup('crd.projectcalico.org', [...calicoKinds, 'Tier']),
  ...ofGroup('kyverno.io', ['ClusterPolicy', 'Policy']),
  ...ofGroup('policies.kyverno.io', [
    'GeneratingPolicy',
    'MutatingPolicy',
    'NamespacedGeneratingPolicy',
    'NamespacedMutatingPolicy',
  ]),
  ...ofGroup('mutations.gatekeeper.sh', ['Assign', 'AssignImage', 'AssignMetadata', 'ModifySet']),
  ...ofGroup('monitoring.coreos.com', ['PodMonitor', 'Probe', 'ServiceMonitor']),
  ...ofGroup('security.istio.io', ['AuthorizationPolicy', 'PeerAuthentication']),
  ...ofGroup('policy.linkerd.io', [
    'AuthorizationPolicy',
    'MeshTLSAuthentication',
    'Server',
    'ServerAuthorization',
  ]),
];

/** All of them, as `group/Kind`: with every rule on, an audit reads each that the cluster serves. */
export const liveKinds: ReadonlySet<string> = new Set([...builtIn, ...custom]);
