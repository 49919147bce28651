import {asList, asMap, asString, valueAt} from '../json.ts';
import {
  type HostPathVolume,
  hostPathVolumesOf,
  isSensitive,
  isWithin,
} from '../kubernetes/host-path.ts';
import type {Container, PodSpec} from '../kubernetes/pod-spec.ts';
import {type ContainerWitness, once} from './witness.ts';

/** A mount of a host folder or file in a container. */
interface HostMount {
  readonly volume: HostPathVolume;
  /** The `type` of the hostPath, or an empty string. */
  readonly type: string;
  readonly mountPath: string;
  /** As set in the manifest; undefined if not set, which allows writing. */
  readonly readOnly: boolean | undefined;
}

const volumesOf = once(
  (pod: PodSpec): ReadonlyMap<string, HostPathVolume> =>
    new Map(hostPathVolumesOf(pod).map(volume => [volume.name, volume])),
);

/** The mounts of a container that give it access to its node. */
function hostMountsOf({value}: Container, pod: PodSpec): readonly HostMount[] {
  const volumes = volumesOf(pod);
  if (volumes.size === 0) return [];
  return asList(value['volumeMounts']).flatMap(item => {
    const mount = asMap(item);
    const volume = volumes.get(asString(mount?.['name']) ?? '');
    if (mount === undefined || volume === undefined) return [];
    const source = valueAt(pod.resource.value, [...volume.path, 'hostPath', 'type']);
    const readOnly = mount['readOnly'];
    return [
      {
        volume,
        type: asString(source) ?? '',
        mountPath: asString(mount['mountPath']) ?? '',
        readOnly: typeof readOnly === 'boolean' ? readOnly : undefined,
      },
    ];
  });
}

/** Writable mounts of a sensitive host folder: those that a rewrite makes read-only. */
export const writableMountsOf = (container: Container, pod: PodSpec): readonly HostMount[] =>
  hostMountsOf(container, pod).filter(
    ({volume, readOnly}) => readOnly !== true && isSensitive(volume.place),
  );

/** Types with which Kubernetes creates what is missing: somebody is going to write to it. */
export const madeTypes = ['DirectoryOrCreate', 'FileOrCreate'];

export const makesFolder: ContainerWitness = (container, pod) => {
  const made = writableMountsOf(container, pod).find(({type}) => madeTypes.includes(type));
  return made === undefined
    ? undefined
    : `container "${container.name}" mounts "${made.volume.text}" as \`${made.type}\`, to write there`;
};

/** Types that only make sense as a device, or as a socket to a program on the node. */
export const specialTypes = ['BlockDevice', 'CharDevice', 'Socket'];

export const mountsDevice: ContainerWitness = (container, pod) => {
  for (const {type, volume} of hostMountsOf(container, pod)) {
    if (specialTypes.includes(type)) {
      return `container "${container.name}" mounts "${volume.text}" as \`${type}\``;
    }
    if (volume.place.startsWith('/dev/') && !isWithin(volume.place, '/dev/shm')) {
      return `container "${container.name}" mounts the device "${volume.text}"`;
    }
  }
  return undefined;
};

/** Folders with devices, which only a privileged container may open. */
export const deviceFolders = ['/dev', '/sys', '/run/udev', '/lib/modules'];

export const usesDevices: ContainerWitness = (container, pod) => {
  if (valueAt(container.value, ['securityContext', 'privileged']) !== true) return undefined;
  const folder = hostMountsOf(container, pod).find(({volume}) =>
    deviceFolders.includes(volume.place),
  );
  return folder === undefined
    ? undefined
    : `container "${container.name}" is privileged, and mounts "${folder.volume.text}" with the devices of its node`;
};

/**
 * Folders into which node software puts what the kubelet, the runtime or the kernel looks for
 * there: plugins, sockets, network configurations, programs.
 */
export const pluginFolders = [
  '/etc/cni',
  '/etc/kubernetes/kubelet-plugins',
  '/home/kubernetes/bin',
  '/home/kubernetes/flexvolume',
  '/opt/cni',
  '/opt/libexec/kubernetes/kubelet-plugins',
  '/run/netns',
  '/run/xtables.lock',
  '/sys/fs/bpf',
  '/sys/fs/cgroup',
  '/usr/libexec/kubernetes/kubelet-plugins',
  '/var/lib/cni',
  '/var/lib/kubelet/device-plugins',
  '/var/lib/kubelet/plugins',
  '/var/lib/kubelet/plugins_registry',
  '/var/lib/kubelet/pods',
  '/var/lib/kubelet/seccomp',
  '/var/lib/rancher/k3s/agent/etc/cni',
  '/var/snap/microk8s/common/var/lib/kubelet',
];

export const plugsIn: ContainerWitness = (container, pod) => {
  const mount = writableMountsOf(container, pod).find(({volume}) =>
    pluginFolders.some(folder => isWithin(volume.place, folder)),
  );
  return mount === undefined
    ? undefined
    : `container "${container.name}" mounts "${mount.volume.text}", where node software puts plugins, sockets and programs`;
};

/**
 * Folders in /run belong to programs, for their sockets. These belong to the runtime, which loads
 * no plugins from there.
 */
export const runtimeFolders = [
  '/run/containerd',
  '/run/crio',
  '/run/docker',
  '/run/k3s',
  '/run/podman',
  '/run/systemd',
];

export const keepsSockets: ContainerWitness = (container, pod) => {
  const mount = writableMountsOf(container, pod).find(
    ({volume: {place}}) =>
      place.startsWith('/run/') &&
      !/[.](?:sock|pipe)$/.test(place) &&
      !runtimeFolders.some(folder => isWithin(place, folder)),
  );
  return mount === undefined
    ? undefined
    : `container "${container.name}" mounts "${mount.volume.text}", where other programs on the node put their sockets`;
};

/** If someone makes one mount read-only but not another, the other is meant to be written to. */
export const tellsMountsApart: ContainerWitness = (container, pod) => {
  const mounts = hostMountsOf(container, pod);
  if (!mounts.some(({readOnly}) => readOnly === true)) return undefined;
  const [writable] = writableMountsOf(container, pod);
  return writable === undefined
    ? undefined
    : `container "${container.name}" mounts "${writable.volume.text}" as writable, while it mounts another folder explicitly with \`readOnly: true\``;
};
