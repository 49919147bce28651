import {type Json, type JsonMap, valueAt} from '../../json.ts';
import {companionAnnotations} from '../../kubernetes/companion.ts';
import type {Direction} from '../../kubernetes/isolation.ts';
import {labelsIn} from '../../kubernetes/label-selector.ts';
import {jobNameLabel, podLabels} from '../../kubernetes/pod-labels.ts';
import type {Resource} from '../../kubernetes/resource.ts';
import type {PodSelection} from '../../kubernetes/stream-index.ts';
import {ownSelectorOf, templateLabels, type Workload} from '../../kubernetes/workload.ts';
import type {PolicyPort} from '../../policy/network-policy.ts';
import type {Evidence} from '../needs/connection.ts';

/** The content of a policy in one direction: one rule for each set of peers. */
export interface Allowance {
  readonly peers: readonly JsonMap[];
  /** An empty list stands for every port. */
  readonly ports: readonly PolicyPort[];
  readonly why: readonly Evidence[];
  /** A readable name for the peers, if better than their selectors and ranges. */
  readonly name?: string;
}

/** The directions that a policy governs; a missing one is not governed. */
export type Allowances = {readonly [direction in Direction]?: readonly Allowance[]};

/**
 * A NetworkPolicy for the pods that `podSelector` selects, which are those of `resource`. `more`
 * are annotations in addition to those that the policy of a hook needs.
 */
export function networkPolicyFor(
  resource: Resource,
  name: string,
  podSelector: JsonMap,
  allowances: Allowances,
  more: JsonMap = {},
): JsonMap {
  const labels = labelsOf(resource.value);
  const annotations = {...companionAnnotations(resource), ...more};
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: {
      name,
      ...(resource.namespace === undefined ? {} : {namespace: resource.namespace}),
      ...(labels === undefined ? {} : {labels}),
      ...(Object.keys(annotations).length === 0 ? {} : {annotations}),
    },
    spec: specOf(podSelector, allowances),
  };
}

function specOf(podSelector: JsonMap, {ingress, egress}: Allowances): JsonMap {
  const policyTypes = [
    ...(ingress === undefined ? [] : ['Ingress']),
    ...(egress === undefined ? [] : ['Egress']),
  ];
  return {
    podSelector,
    policyTypes,
    ...rulesOf('ingress', 'from', ingress ?? []),
    ...rulesOf('egress', 'to', egress ?? []),
  };
}

const rulesOf = (
  direction: Direction,
  side: 'from' | 'to',
  allowances: readonly Allowance[],
): JsonMap =>
  allowances.length === 0
    ? {}
    : {
        [direction]: allowances.map(({peers, ports}) => ({
          [side]: peers,
          ...(ports.length === 0 ? {} : {ports: ports as unknown as readonly Json[]}),
        })),
      };

/**
 * The selector for the pods of a workload: its own, or otherwise all labels of its pods. The labels
 * of a Job may be shared with other pods, or empty: its pods are then selected by the name of the
 * Job.
 *
 * Undefined if nothing distinguishes the pods from others: an empty selector would mean all pods in
 * the namespace.
 */
export function podSelectorOf(workload: Workload, pods: PodSelection): JsonMap | undefined {
  const own = ownSelectorOf(workload);
  if (own !== undefined || workload.operator !== undefined) return own;
  const {resource, pod, labels} = workload;
  const running = podLabels(workload);
  const matchLabels = Object.fromEntries(
    Object.entries(templateLabels(pod)).filter(([key]) => typeof running(key) === 'string'),
  );
  const isLabelled = Object.keys(matchLabels).length > 0;
  const jobName = resource.kind === 'Job' ? labels[jobNameLabel] : undefined;
  if (jobName === undefined) return isLabelled ? {matchLabels} : undefined;
  const isAlone = isLabelled && pods.isAlone(matchLabels, resource.namespace);
  return isAlone ? {matchLabels} : {matchLabels: {[jobNameLabel]: jobName}};
}

const copiedLabels = [
  'helm.sh/chart',
  'app.kubernetes.io/name',
  'app.kubernetes.io/instance',
  'app.kubernetes.io/version',
  'app.kubernetes.io/part-of',
  'app.kubernetes.io/managed-by',
];

/** The labels with which Helm and people group objects. */
function labelsOf(workload: JsonMap): JsonMap | undefined {
  const labels = labelsIn(valueAt(workload, ['metadata', 'labels']));
  const copied = copiedLabels
    .filter(key => labels[key] !== undefined)
    .map(key => [key, labels[key] as Json] as const);
  return copied.length === 0 ? undefined : Object.fromEntries(copied);
}
