import {asList, asMap, asString, type Json, type JsonMap, valueAt} from '../json.ts';
import type {PodSpec} from '../kubernetes/pod-spec.ts';
import type {NetworkPolicySettings} from '../policy/policy.ts';
import type {Addition} from '../rules/rule.ts';

/**
 * A NetworkPolicy for the pods of one workload: other pods of the cluster may connect to the ports
 * that its containers declare, nothing from outside may; under `deny` nothing may at all.
 *
 * Undefined where the pods cannot be told from their neighbours': they have no labels.
 */
export function networkPolicyFor(
  pod: PodSpec,
  {ingress}: NetworkPolicySettings,
): Addition | undefined {
  const podSelector = selectorOf(pod);
  if (podSelector === undefined) return undefined;
  const {resource} = pod;
  const name = nameOf(resource.kind, resource.name);
  const ports = ingress === 'deny' ? [] : portsOf(pod);
  const labels = labelsOf(resource.value);
  const value: JsonMap = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: {
      name,
      ...(resource.namespace === undefined ? {} : {namespace: resource.namespace}),
      ...(labels === undefined ? {} : {labels}),
    },
    spec: {
      podSelector,
      policyTypes: ['Ingress'],
      ...(ports.length === 0 ? {} : {ingress: [{from: [{namespaceSelector: {}}], ports}]}),
    },
  };
  return {value, fileName: `network-policy-${name}.yaml`};
}

/** The workload's own selector, else all labels of its pods. */
function selectorOf({resource, metadata, path}: PodSpec): JsonMap | undefined {
  const selector = asMap(valueAt(resource.value, ['spec', 'selector']));
  const isOwn = path.length > 1 && selector !== undefined;
  if (isOwn) {
    const isLabelSelector =
      asMap(selector['matchLabels']) !== undefined || Array.isArray(selector['matchExpressions']);
    if (isLabelSelector) return selector;
  }
  const labels = asMap(metadata?.['labels']);
  if (labels === undefined || Object.keys(labels).length === 0) return undefined;
  return {matchLabels: labels};
}

/** Each declared port once: by name where it has one, since a pod may move its number. */
function portsOf(pod: PodSpec): readonly Json[] {
  const ports = new Map<string, Json>();
  for (const {value} of pod.containers) {
    for (const item of asList(value['ports'])) {
      const port = asMap(item);
      const number = port?.['containerPort'];
      if (port === undefined || typeof number !== 'number') continue;
      const protocol = asString(port['protocol']) ?? 'TCP';
      const name = asString(port['name']);
      const key = `${protocol}/${name ?? number}`;
      ports.set(key, {protocol, port: name === undefined || name === '' ? number : name});
    }
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

/** A name of at most 63 characters that no other workload of the release has. */
function nameOf(kind: string, name: string): string {
  const whole = `${name.replace(/-$/, '')}-${kind.toLowerCase()}-kube-harden`;
  return whole.length <= 63 ? whole : `${whole.slice(0, 54)}-${hashOf(whole)}`;
}

/** FNV-1a, 32 bits: to tell names apart, not to keep a secret. */
function hashOf(text: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0;
  }
  return hash.toString(16).padStart(8, '0');
}
