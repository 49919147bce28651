import {type MapKey, type MapValue, Unknown, type Value} from '../../cel/values.ts';

/** The fields of a value, while they are completed. */
export type Fields = Map<MapKey, Value>;

/**
 * What the API server and the admission plugins that are on by default assign when an object of a kind is created, before
 * policies see it. Of most of it only the cluster knows the value.
 */
export const assigned: Readonly<Partial<Record<string, (object: Fields) => void>>> = {
  DaemonSet: object =>
    within(object, ['metadata', 'annotations'], annotations =>
      annotations.set('deprecated.daemonset.template.generation', '1'),
    ),
  Ingress: object =>
    within(object, ['spec'], spec => assign(spec, 'ingressClassName', 'the default IngressClass')),
  Job: withJobLabels,
  PersistentVolume: object => addFinalizer(object, 'kubernetes.io/pv-protection'),
  PersistentVolumeClaim: object => {
    addFinalizer(object, 'kubernetes.io/pvc-protection');
    within(object, ['spec'], spec => assign(spec, 'storageClassName', 'the default StorageClass'));
  },
  Pod: object =>
    within(object, ['spec'], spec => {
      assign(spec, 'priority', 'the priority classes of the cluster');
      assign(spec, 'preemptionPolicy', 'the priority classes of the cluster');
    }),
  Service: object => within(object, ['spec'], withAddresses),
};

/** Kinds of which the API server counts no generations; it begins with 1 in all others. */
export const withoutGeneration: ReadonlySet<string> = new Set([
  'ClusterRole',
  'ClusterRoleBinding',
  'ConfigMap',
  'HorizontalPodAutoscaler',
  'LimitRange',
  'Namespace',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'PodTemplate',
  'ResourceQuota',
  'Role',
  'RoleBinding',
  'Secret',
  'Service',
  'ServiceAccount',
  'StorageClass',
]);

/** `generateSelector` of k8s.io/kubernetes/pkg/registry/batch/job. A Job that got its labels from its pods shares them. */
function withJobLabels(object: Fields): void {
  const spec = mapIn(object, 'spec');
  if (spec.get('manualSelector') === true) return;
  const own = mapIn(object, 'metadata').get('labels');
  const ofPods = mapIn(mapIn(spec, 'template'), 'metadata').get('labels');
  const label = (labels: Fields) => {
    for (const key of jobLabels) labels.set(key, new Unknown('the identity of the Job'));
  };
  within(object, ['spec'], fields => assign(fields, 'selector', 'the identity of the Job'));
  within(object, ['spec', 'template', 'metadata', 'labels'], label);
  if (own !== undefined && own === ofPods) within(object, ['metadata', 'labels'], label);
}

const jobLabels = [
  'batch.kubernetes.io/controller-uid',
  'batch.kubernetes.io/job-name',
  'controller-uid',
  'job-name',
];

function withAddresses(spec: Fields): void {
  const type = spec.get('type');
  if (type === 'ExternalName') return;
  for (const key of ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy']) {
    assign(spec, key, 'the addresses of the cluster');
  }
  const isBalanced = type === 'LoadBalancer' && spec.get('allocateLoadBalancerNodePorts') !== false;
  const ports = spec.get('ports');
  if (!(isBalanced || type === 'NodePort') || !Array.isArray(ports)) return;
  const opened = ports.map((port: Value) => {
    if (!(port instanceof Map) || port.has('nodePort')) return port;
    return new Map([...port, ['nodePort', new Unknown('the free ports of the nodes')]]);
  });
  spec.set('ports', opened);
}

function addFinalizer(object: Fields, name: string): void {
  within(object, ['metadata'], metadata => {
    const own = metadata.get('finalizers');
    const names: readonly Value[] = Array.isArray(own) ? own : [];
    if (!names.includes(name)) metadata.set('finalizers', [...names, name]);
  });
}

function assign(fields: Fields, key: string, what: string): void {
  if (!fields.has(key)) fields.set(key, new Unknown(what));
}

/** Changes a copy of the mapping at a path: other objects may share the one that is there. */
function within(fields: Fields, [key, ...rest]: readonly string[], change: (at: Fields) => void) {
  if (key === undefined) return change(fields);
  const copy = new Map(mapIn(fields, key));
  within(copy, rest, change);
  fields.set(key, copy);
}

function mapIn(fields: MapValue, key: string): MapValue {
  const value = fields.get(key);
  return value instanceof Map ? (value as MapValue) : new Map();
}
