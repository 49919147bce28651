import {asList, asMap, asString} from '../json.ts';
import {capabilitiesOf} from '../kubernetes/capabilities.ts';
import type {PodSpec} from '../kubernetes/pod-spec.ts';
import {defaultCapabilities} from '../rules/no-extra-capabilities.ts';
import type {ContainerWitness, PodWitness} from './witness.ts';

/** The fields with which a pod shares a namespace of its node. */
export const namespaces = ['hostNetwork', 'hostPID', 'hostIPC'];

const namespaceOf = ({value}: PodSpec): string | undefined =>
  namespaces.find(field => value[field] === true);

/** A DaemonSet that shares a namespace of its node is node software. */
export const isNodeAgent: PodWitness = pod => {
  if (pod.resource.kind !== 'DaemonSet') return undefined;
  const namespace = namespaceOf(pod);
  return namespace === undefined
    ? undefined
    : `a DaemonSet with \`${namespace}: true\` is node software`;
};

/** Capabilities that affect the node or its network if its namespaces are shared. */
export const nodeCapabilities = [
  'BPF',
  'CHECKPOINT_RESTORE',
  'DAC_READ_SEARCH',
  'IPC_LOCK',
  'NET_ADMIN',
  'NET_BROADCAST',
  'NET_RAW',
  'PERFMON',
  'SYSLOG',
  'SYS_BOOT',
  'SYS_MODULE',
  'SYS_NICE',
  'SYS_PACCT',
  'SYS_PTRACE',
  'SYS_RAWIO',
  'SYS_RESOURCE',
  'SYS_TIME',
];

/** A capability that affects the node, together with the shared namespace. */
export const worksOnNode: PodWitness = pod => {
  const namespace = namespaceOf(pod);
  if (namespace === undefined) return undefined;
  for (const container of pod.containers) {
    const added = capabilitiesOf(container, 'add').find(({name}) =>
      nodeCapabilities.includes(name),
    );
    if (added === undefined) continue;
    return `container "${container.name}" adds "${added.text}" together with \`${namespace}: true\`, to manage the node`;
  }
  return undefined;
};

/** The priority classes that Kubernetes reserves for what nodes and clusters cannot run without. */
export const criticalClasses = ['system-node-critical', 'system-cluster-critical'];

export const isCritical: PodWitness = ({value}) => {
  const name = asString(value['priorityClassName']) ?? '';
  return criticalClasses.includes(name)
    ? `\`priorityClassName: ${name}\` is for what the cluster cannot run without`
    : undefined;
};

/** The namespace that Kubernetes reserves for parts of the cluster. */
export const systemNamespace = 'kube-system';

/** Its pods on the host network work without a pod network, or set it up. */
export const isSystem: PodWitness = ({resource, value}) =>
  resource.namespace === systemNamespace && value['hostNetwork'] === true
    ? `it is in the namespace "${systemNamespace}", on the host network, as a part of the cluster`
    : undefined;

/** Taints of nodes that are not ready for normal workloads yet. */
export const earlyTaints = [
  'CriticalAddonsOnly',
  'node.cloudprovider.kubernetes.io/uninitialized',
  'node.kubernetes.io/network-unavailable',
  'node.kubernetes.io/not-ready',
];

/**
 * Runs where nothing else runs: on nodes that are not ready, or with any taint. A toleration with
 * `tolerationSeconds` only delays eviction.
 */
export const toleratesAll: PodWitness = ({value}) => {
  for (const item of asList(value['tolerations'])) {
    const toleration = asMap(item);
    if (toleration === undefined || toleration['tolerationSeconds'] !== undefined) continue;
    const key = asString(toleration['key']) ?? '';
    if (key === '' && toleration['operator'] === 'Exists') {
      return 'it tolerates every taint, as node software does';
    }
    if (earlyTaints.includes(key)) {
      return `it tolerates the taint "${key}", as node software does`;
    }
  }
  return undefined;
};

/** Drops all capabilities and adds one beyond the defaults: somebody decided this. */
export const addsOnPurpose: ContainerWitness = container => {
  if (!capabilitiesOf(container, 'drop').some(({name}) => name === 'ALL')) return undefined;
  const added = capabilitiesOf(container, 'add').find(
    ({name}) => name !== 'ALL' && !defaultCapabilities.has(name),
  );
  return added === undefined
    ? undefined
    : `container "${container.name}" drops ALL capabilities and adds "${added.text}" explicitly`;
};

/** What comes with the network of pods works before there is one: on the host network. */
export const setsUpNetwork: PodWitness = ({value}, facts) => {
  if (value['hostNetwork'] !== true) return undefined;
  const plugin = facts.networkPlugin;
  return plugin === undefined
    ? undefined
    : `it comes with the ${plugin.kind} "${plugin.name}", which sets up the network of pods: until then there is only the host network`;
};
