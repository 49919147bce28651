import {asMap, type Json, type JsonMap, valueAt} from '../json.ts';
import {companionAnnotations} from '../kubernetes/helm-hook.ts';
import type {PodSelection} from '../kubernetes/pod-selection.ts';
import {jobNameLabel, ownSelectorOf, type Workload} from '../kubernetes/workload.ts';
import type {NetworkPolicySettings} from '../policy/policy.ts';

/**
 * A NetworkPolicy for the pods of one workload: other pods of the cluster may connect to the ports
 * that its containers declare, nothing from outside may; under `deny` nothing may at all.
 */
export function networkPolicyFor(
  workload: Workload,
  name: string,
  podSelector: JsonMap,
  {ingress}: NetworkPolicySettings,
): JsonMap {
  const {resource} = workload;
  const ports = ingress === 'deny' ? [] : portsOf(workload);
  const labels = labelsOf(resource.value);
  const annotations = companionAnnotations(resource);
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: {
      name,
      ...(resource.namespace === undefined ? {} : {namespace: resource.namespace}),
      ...(labels === undefined ? {} : {labels}),
      ...(annotations === undefined ? {} : {annotations}),
    },
    spec: {
      podSelector,
      policyTypes: ['Ingress'],
      ...(ports.length === 0 ? {} : {ingress: [{from: [{namespaceSelector: {}}], ports}]}),
    },
  };
}

/**
 * The selector of a workload's own pods: the one it has itself, else all labels of its pods. The
 * labels of a Job may be those of its neighbours' pods as well, or none: its pods are then told by
 * the Job's name.
 *
 * Undefined where nothing tells the pods from their neighbours': an empty selector would mean all
 * pods of the namespace.
 */
export function podSelectorOf(workload: Workload, pods: PodSelection): JsonMap | undefined {
  const own = ownSelectorOf(workload);
  if (own !== undefined) return own;
  const {resource, pod, labels} = workload;
  const byLabels = {matchLabels: asMap(pod.metadata?.['labels']) ?? {}};
  const isLabelled = Object.keys(byLabels.matchLabels).length > 0;
  const jobName = resource.kind === 'Job' ? labels[jobNameLabel] : undefined;
  if (jobName === undefined) return isLabelled ? byLabels : undefined;
  const isAlone = isLabelled && pods.select(byLabels, resource.namespace).length === 1;
  return isAlone ? byLabels : {matchLabels: {[jobNameLabel]: jobName}};
}

/** Each declared port once: by name where it has one, since a pod may move its number. */
function portsOf(workload: Workload): readonly Json[] {
  const ports = new Map<string, Json>();
  for (const {name, number, protocol} of workload.ports) {
    ports.set(`${protocol}/${name ?? number}`, {protocol, port: name ?? number});
  }
  return [...ports.values()];
}

const copiedLabels = [
  'helm.sh/chart',
  'app.kubernetes.io/name',
  'app.kubernetes.io/instance',
  'app.kubernetes.io/version',
  'app.kubernetes.io/part-of',
  'app.kubernetes.io/managed-by',
];

/** The labels by which Helm and people know what belongs together. */
function labelsOf(workload: JsonMap): JsonMap | undefined {
  const labels = asMap(valueAt(workload, ['metadata', 'labels'])) ?? {};
  const copied = copiedLabels
    .filter(key => labels[key] !== undefined)
    .map(key => [key, labels[key] as Json] as const);
  return copied.length === 0 ? undefined : Object.fromEntries(copied);
}
