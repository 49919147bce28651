import {hostPathVolumesOf, touches} from '../kubernetes/host-path.ts';
import type {PodSpec} from '../kubernetes/pod-spec.ts';
import {once, type Witness} from './witness.ts';

/** The fields by which a pod shares a namespace of its node. */
export const namespaces = ['hostNetwork', 'hostPID', 'hostIPC'];

/** Folders by which a pod watches its node, plugs in its network or serves its kubelet. */
export const nodeFolders = [
  '/proc',
  '/sys',
  '/lib/modules',
  '/etc/cni',
  '/opt/cni',
  '/var/lib/cni',
  '/var/lib/kubelet',
];

/** A DaemonSet that shares a namespace of its node, and mounts such a folder, is made for it. */
export const isNodeAgent: Witness = ({pod}) => agentReason(pod);

const agentReason = once((pod: PodSpec) => {
  if (pod.resource.kind !== 'DaemonSet') return undefined;
  const namespace = namespaces.find(field => pod.value[field] === true);
  if (namespace === undefined) return undefined;
  const volume = hostPathVolumesOf(pod).find(({place}) =>
    nodeFolders.some(folder => touches(place, folder)),
  );
  if (volume === undefined) return undefined;
  return `a DaemonSet with \`${namespace}: true\` that mounts "${volume.text}" of its node is an agent of the node`;
});
