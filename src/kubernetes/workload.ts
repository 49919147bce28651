import {asList, asMap, asString, Dictionary, type JsonMap, valueAt} from '../json.ts';
import {selectsLabels} from './label-selector.ts';
import type {PodPlaces} from './pod-places.ts';
import {type PodSpec, podSpecsOf} from './pod-spec.ts';
import type {Resource} from './resource.ts';

/** The pods that one pod template makes, as the network sees them. */
export interface Workload {
  readonly resource: Resource;
  readonly pod: PodSpec;
  /** The labels that the pods will have: the template's, and what a Job's controller adds. */
  readonly labels: JsonMap;
  /** Whether the pods share the network of their node, which no NetworkPolicy governs. */
  readonly isHostNetwork: boolean;
  /** What the containers declare; sidecars, but no other init containers, included. */
  readonly ports: readonly ContainerPort[];
}

export interface ContainerPort {
  /** Absent where the pod does not name it. */
  readonly name?: string;
  readonly number: number;
  readonly protocol: Protocol;
}

export type Protocol = 'TCP' | 'UDP' | 'SCTP';

/**
 * The workloads of `resource`: one for each of its whole pod templates. `more` are the places of
 * pods that a policy adds to those that are known. The pods of which an object says less have
 * labels that an operator or a controller knows.
 */
export function workloadsOf(resource: Resource, more?: PodPlaces): readonly Workload[] {
  // A PodTemplate makes no pods by itself.
  if (resource.kind === 'PodTemplate') return [];
  const pods = podSpecsOf(resource, more).filter(({form}) => form === 'template');
  return pods.map(pod => ({
    resource,
    pod,
    labels: Object.assign(new Dictionary(), pod.metadata?.['labels'], jobLabels(resource)),
    isHostNetwork: pod.value['hostNetwork'] === true,
    ports: portsOf(pod),
  }));
}

/** The selector by which the workload itself knows its pods, or undefined where it names none. */
export function ownSelectorOf({resource, pod, labels}: Workload): JsonMap | undefined {
  const declared = asMap(valueAt(resource.value, ['spec', 'selector']));
  if (pod.path.length <= 1 || declared === undefined) return undefined;
  const isPlain = resource.kind === 'ReplicationController';
  const selector = isPlain ? {matchLabels: declared} : declared;
  const isEmpty =
    Object.keys(asMap(selector['matchLabels']) ?? {}).length === 0 &&
    asList(selector['matchExpressions']).length === 0;
  return isEmpty || !selectsLabels(selector, labels) ? undefined : selector;
}

/** The label that the API server gives the pods of every Job, but where `manualSelector` is set. */
export const jobNameLabel = 'batch.kubernetes.io/job-name';

function jobLabels({apiVersion, kind, name, value}: Resource): JsonMap {
  const isNamed = asString(valueAt(value, ['metadata', 'name'])) !== undefined;
  const isJob = kind === 'Job' && apiVersion === 'batch/v1';
  const isManual = valueAt(value, ['spec', 'manualSelector']) === true;
  if (!isJob || !isNamed || isManual) return {};
  return {[jobNameLabel]: name, 'job-name': name};
}

function portsOf(pod: PodSpec): readonly ContainerPort[] {
  const ports: ContainerPort[] = [];
  for (const {list, value} of pod.containers) {
    const isShortLived = list === 'initContainers' && value['restartPolicy'] !== 'Always';
    if (isShortLived) continue;
    for (const item of asList(value['ports'])) {
      const port = asMap(item);
      const number = port?.['containerPort'];
      if (port === undefined || typeof number !== 'number') continue;
      const name = asString(port['name']);
      ports.push({
        number,
        protocol: protocolOf(port),
        ...(name === undefined || name === '' ? {} : {name}),
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
