import {asList, asMap, asString, Dictionary, type JsonMap, valueAt} from '../json.ts';
import {type ContainerPort, isPortNumber, type Protocol} from './container-port.ts';
import {testOf} from './known-labels.ts';
import {labelsIn} from './label-selector.ts';
import {isPortName} from './names.ts';
import {isValidSelector} from './network-policy-validity.ts';
import {addsToOthersPods, type OperatorPods, operatorPodsOf} from './operator-pods.ts';
import {jobLabels, podLabels} from './pod-labels.ts';
import type {PodPlaces} from './pod-places.ts';
import {endsFirst, type PodSpec, podSpecsOf} from './pod-spec.ts';
import type {Resource} from './resource.ts';

/** The pods of one pod template, or of an operator, as the network sees them. */
export interface Workload {
  readonly resource: Resource;
  readonly pod: PodSpec;
  /** The labels of the pods: those of the template, and those that the Job controller adds. */
  readonly labels: JsonMap;
  /** Whether the pods use the host network, which no NetworkPolicy governs. */
  readonly isHostNetwork: boolean;
  /** The declared ports of the containers, including sidecars but no other init containers. */
  readonly ports: readonly ContainerPort[];
  /**
   * For pods that an operator creates without a template: what is known about them, or `unknown` if
   * their labels are not documented.
   */
  readonly operator?: OperatorPods | 'unknown';
}

/**
 * The workloads of `resource`: one for each complete pod template, or one for all pods that an
 * operator creates from it. `more` are additional places of pods in the policy.
 */
export function workloadsOf(resource: Resource, more?: PodPlaces): readonly Workload[] {
  // A PodTemplate creates no pods.
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

/** One pod spec for everything that an object says about the pods. */
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

/** The selector that the workload itself uses for its pods, if it has one that selects them. */
export function ownSelectorOf(workload: Workload): JsonMap | undefined {
  const {resource, pod, operator} = workload;
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
  const isSelecting = () => testOf(selector)(podLabels(workload)) === true;
  const isUsable = !isEmpty && isValidSelector(selector) && isSelecting();
  return isUsable ? selector : undefined;
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

/** The protocol of a port in a container, Service or policy; default TCP. */
export function protocolOf(port: JsonMap): Protocol {
  const protocol = asString(port['protocol']);
  return protocol === 'UDP' || protocol === 'SCTP' ? protocol : 'TCP';
}
