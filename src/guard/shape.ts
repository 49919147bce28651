import type {JsonMap} from '../json.ts';
import type {Check} from './language/check.ts';

/**
 * Objects that are checked in the same way: the API server type-checks an expression for each kind.
 */
export interface Shape {
  /** Part of the policy's name. */
  readonly name: string;
  readonly rules: readonly ResourceRule[];
  readonly kinds: readonly string[];
  readonly subjects: readonly Check['subject'][];
  /** The path from `object` or `oldObject` to what checks look at. */
  readonly part: string;
  readonly moreParts?: readonly string[];
  /** CEL for the containers to check. Absent if there is no pod spec. */
  readonly containers?: string;
  /** Whether controllers create these objects for other objects. */
  readonly ownedBy: readonly Ownership[];
  /** Whether render never sees them: then none of them waits for a decision. */
  readonly isManual?: true;
  /** Users whose requests the cluster depends on. */
  readonly exemptUsers?: readonly string[];
}

export interface ResourceRule extends JsonMap {
  readonly apiGroups: readonly string[];
  readonly apiVersions: readonly string[];
  readonly operations: readonly string[];
  readonly resources: readonly string[];
}

/** How a kind of owner appears in the `ownerReferences` of what its controller created. */
interface Ownership {
  readonly kind: string;
  /**
   * The kind that is named there, if it is not the owner's: the pods of a Deployment name a
   * ReplicaSet.
   */
  readonly by?: string;
  /** A regular expression for the suffix that its name adds to the owner's. */
  readonly ending?: string;
}

const writes = ['CREATE', 'UPDATE'];
const podSubjects = ['pod', 'container', 'volume', 'hostPath', 'sysctl', 'annotation'] as const;
const allContainers =
  'dyn(variables.pod.containers) + dyn(variables.pod.?initContainers.orValue([])) + dyn(variables.pod.?ephemeralContainers.orValue([]))';

const rule = (
  apiGroup: string,
  resources: readonly string[],
  operations: readonly string[] = writes,
): ResourceRule => ({apiGroups: [apiGroup], apiVersions: ['v1'], operations, resources});

export const shapes: readonly Shape[] = [
  {
    name: 'pods',
    rules: [rule('', ['pods'])],
    kinds: ['Pod'],
    subjects: podSubjects,
    part: 'spec',
    containers: allContainers,
    ownedBy: [
      {kind: 'DaemonSet'},
      {kind: 'Job'},
      {kind: 'ReplicaSet'},
      {kind: 'ReplicationController'},
      {kind: 'StatefulSet'},
      {kind: 'Deployment', by: 'ReplicaSet', ending: '-[a-z0-9]+'},
      {kind: 'CronJob', by: 'Job', ending: '-[0-9]+'},
    ],
  },
  {
    name: 'ephemeral-containers',
    rules: [rule('', ['pods/ephemeralcontainers'], ['UPDATE'])],
    kinds: ['Pod'],
    subjects: ['container'],
    part: 'spec',
    containers: 'dyn(variables.pod.?ephemeralContainers.orValue([]))',
    ownedBy: [],
    isManual: true,
  },
  {
    name: 'workloads',
    rules: [
      rule('apps', ['daemonsets', 'deployments', 'replicasets', 'statefulsets']),
      rule('batch', ['jobs']),
      rule('', ['replicationcontrollers']),
    ],
    kinds: ['DaemonSet', 'Deployment', 'Job', 'ReplicaSet', 'ReplicationController', 'StatefulSet'],
    subjects: podSubjects,
    part: 'spec.template.spec',
    containers: allContainers,
    ownedBy: [{kind: 'Deployment'}, {kind: 'CronJob'}],
  },
  {
    name: 'cron-jobs',
    rules: [rule('batch', ['cronjobs'])],
    kinds: ['CronJob'],
    subjects: podSubjects,
    part: 'spec.jobTemplate.spec.template.spec',
    containers: allContainers,
    ownedBy: [],
  },
  {
    name: 'pod-templates',
    rules: [rule('', ['podtemplates'])],
    kinds: ['PodTemplate'],
    subjects: podSubjects,
    part: 'template.spec',
    containers: allContainers,
    ownedBy: [],
  },
  {
    name: 'persistent-volumes',
    rules: [rule('', ['persistentvolumes'])],
    kinds: ['PersistentVolume'],
    subjects: ['persistentVolume'],
    part: 'spec',
    ownedBy: [],
  },
  {
    name: 'services',
    rules: [rule('', ['services'])],
    kinds: ['Service'],
    subjects: ['service'],
    part: 'spec',
    ownedBy: [],
  },
  {
    name: 'roles',
    rules: [rule('rbac.authorization.k8s.io', ['clusterroles', 'roles'])],
    kinds: ['ClusterRole', 'Role'],
    subjects: ['role'],
    part: 'rules',
    moreParts: ['aggregationRule'],
    ownedBy: [],
    exemptUsers: [
      'system:apiserver',
      'system:serviceaccount:kube-system:clusterrole-aggregation-controller',
    ],
  },
  {
    name: 'bindings',
    rules: [rule('rbac.authorization.k8s.io', ['clusterrolebindings', 'rolebindings'])],
    kinds: ['ClusterRoleBinding', 'RoleBinding'],
    subjects: ['binding', 'bindingSubject'],
    part: 'roleRef',
    moreParts: ['subjects'],
    ownedBy: [],
    exemptUsers: ['system:apiserver'],
  },
  {
    name: 'ingresses',
    rules: [rule('networking.k8s.io', ['ingresses'])],
    kinds: ['Ingress'],
    subjects: ['ingress'],
    part: 'spec',
    moreParts: ['metadata.annotations'],
    ownedBy: [],
  },
];
