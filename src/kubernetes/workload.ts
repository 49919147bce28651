import {asList, asMap, asString, Dictionary, type JsonMap, valueAt} from '../json.ts';
import {type ContainerPort, isPortNumber, type Protocol} from './container-port.ts';
import {labelsIn, selectsLabels} from './label-selector.ts';
import {isPortName} from './names.ts';
import {isValidSelector} from './network-policy-validity.ts';
import {addsToOthersPods, type OperatorPods, operatorPodsOf} from './operator-pods.ts';
import type {PodPlaces} from './pod-places.ts';
import {endsFirst, type PodSpec, podSpecsOf} from './pod-spec.ts';
import type {Resource} from './resource.ts';

/** The pods that one pod template makes, or an operator, as the network sees them. */
export interface Workload {
  readonly resource: Resource;
  readonly pod: PodSpec;
  /** The labels that the pods will have: the template's, and what a Job's controller adds. */
  readonly labels: JsonMap;
  /** Whether the pods share the network of their node, which no NetworkPolicy governs. */
  readonly isHostNetwork: boolean;
  /** What the containers declare; sidecars, but no other init containers, included. */
  readonly ports: readonly ContainerPort[];
  /**
   * Of pods that an operator makes without a template: what is known of them, or `unknown` where
   * nobody says by which labels they can be told.
   */
  readonly operator?: OperatorPods | 'unknown';
}

/**
 * The workloads of `resource`: one for each of its whole pod templates, or one for all pods that an
 * operator makes of it. `more` are the places of pods that a policy adds to those that are known.
 */
export function workloadsOf(resource: Resource, more?: PodPlaces): readonly Workload[] {
  // A PodTemplate makes no pods by itself.
  if (resource.kind === 'PodTemplate') return [];
  const pods = podSpecsOf(resource, more);
  const templates = pods.filter(({form}) => form === 'template');
  if (templates.length === 0) return operatedWorkloads(resource, pods);
  return templates.map(pod => ({
    resource,
    pod,
    labels: Object.assign(new Dictionary(), templateLabels(pod), jobLabels(resource)),
    isHostNetwork: pod.value['hostNetwork'] === true,
    ports: portsOf(pod),
  }));
}

/** The labels in the metadata of a pod. */
export const templateLabels = ({metadata}: PodSpec): JsonMap => labelsIn(metadata?.['labels']);

function operatedWorkloads(resource: Resource, pods: readonly PodSpec[]): readonly Workload[] {
  const operator = operatorPodsOf(resource);
  if (operator === undefined && (pods.length === 0 || addsToOthersPods(resource))) return [];
  const pod = joined(resource, pods, operator?.serviceAccount);
  const {labels, ports} = operator ?? {labels: {}, ports: []};
  return [
    {
      resource,
      pod,
      labels: Object.assign(new Dictionary(), labels),
      isHostNetwork: pods.some(({value}) => value['hostNetwork'] === true),
      ports: [...ports, ...portsOf(pod)],
      operator: operator ?? 'unknown',
    },
  ];
}

/** One pod spec for all that an object says of the pods. */
function joined(
  resource: Resource,
  pods: readonly PodSpec[],
  serviceAccountName: string | undefined,
): PodSpec {
  const [first] = pods;
  return {
    resource,
    form: 'settings',
    path: first?.path ?? ['spec'],
    value: {
      ...first?.value,
      volumes: pods.flatMap(({value}) => asList(value['volumes'])),
      ...(serviceAccountName === undefined ? {} : {serviceAccountName}),
    },
    metadata: first?.metadata,
    metadataPath: first?.metadataPath ?? ['metadata'],
    containers: pods.flatMap(({containers}) => containers),
  };
}

/** The selector by which the workload itself knows its pods, or undefined where it names none. */
export function ownSelectorOf({resource, pod, labels, operator}: Workload): JsonMap | undefined {
  if (operator !== undefined) {
    return operator === 'unknown' ? undefined : {matchLabels: operator.selector};
  }
  const declared = asMap(valueAt(resource.value, ['spec', 'selector']));
  if (pod.path.length <= 1 || declared === undefined) return undefined;
  const isPlain = resource.kind === 'ReplicationController';
  const selector = isPlain ? {matchLabels: declared} : declared;
  const isEmpty =
    Object.keys(asMap(selector['matchLabels']) ?? {}).length === 0 &&
    asList(selector['matchExpressions']).length === 0;
  const isUsable = !isEmpty && isValidSelector(selector) && selectsLabels(selector, labels);
  return isUsable ? selector : undefined;
}

/** The label that the API server gives the pods of every Job, but where `manualSelector` is set. */
export const jobNameLabel = 'batch.kubernetes.io/job-name';

function jobLabels({group, kind, name, value}: Resource): JsonMap {
  const isNamed = asString(valueAt(value, ['metadata', 'name'])) !== undefined;
  const isJob = kind === 'Job' && group === 'batch';
  const isManual = valueAt(value, ['spec', 'manualSelector']) === true;
  if (!isJob || !isNamed || isManual) return {};
  return {[jobNameLabel]: name, 'job-name': name};
}

function portsOf(pod: PodSpec): readonly ContainerPort[] {
  const ports: ContainerPort[] = [];
  for (const container of pod.containers) {
    if (endsFirst(container)) continue;
    for (const item of asList(container.value['ports'])) {
      const port = asMap(item);
      const number = port?.['containerPort'];
      if (port === undefined || !isPortNumber(number)) continue;
      const name = asString(port['name']);
      ports.push({
        number,
        protocol: protocolOf(port),
        ...(name === undefined || !isPortName(name) ? {} : {name}),
      });
    }
  }
  return ports;
}

/** The protocol of a container's, a Service's or a policy's port: TCP where it names none. */
export function protocolOf(port: JsonMap): Protocol {
  const protocol = asString(port['protocol']);
  return protocol === 'UDP' || protocol === 'SCTP' ? protocol : 'TCP';
}
