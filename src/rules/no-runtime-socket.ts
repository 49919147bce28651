import {hostPathVolumesOf, isWithin} from '../kubernetes/host-path.ts';
import {VolumeUses} from '../kubernetes/volume-mounts.ts';
import type {Rule} from './rule.ts';

/**
 * The sockets of container runtimes, in the folder that `/var/run` leads to, and their named pipes
 * on Windows.
 */
export const runtimeSockets = [
  '/run/docker.sock',
  '/run/dockershim.sock',
  '/run/cri-dockerd.sock',
  '/run/containerd/containerd.sock',
  '/run/docker/containerd/containerd.sock',
  '/run/k3s/containerd/containerd.sock',
  '/run/k0s/containerd.sock',
  '/var/snap/microk8s/common/run/containerd.sock',
  '/run/crio/crio.sock',
  '/run/podman/podman.sock',
  '/run/buildkit/buildkitd.sock',
  '/run/nri/nri.sock',
  '/pipe/docker_engine',
  '/pipe/containerd-containerd',
];

/** Matches the socket of a runtime in any folder, such as that of a rootless runtime. */
export const runtimeSocketName =
  '/(?:docker|dockershim|cri-dockerd|containerd|crio|podman|buildkitd)[.]sock(?:[.]ttrpc)?$';

const socketName = new RegExp(runtimeSocketName);

/**
 * Restricted field: pod `spec.volumes[*].hostPath.path`: must not be the socket or the Windows pipe
 * of a container runtime, in any folder, nor a folder that contains one. A read-only mount does not
 * help: a socket still accepts commands.
 */
export const noRuntimeSocket: Rule = {
  id: 'no-runtime-socket',
  title: 'Pods must not have access to the container runtime',
  severity: 'critical',
  remedy: 'Do not mount the socket of the container runtime, or a folder that contains it.',
  rationale:
    'The runtime socket can start any container with any privilege: access to it is root on the node.',
  rewrite: {
    does: 'removes the volume, and its mounts from all containers',
    disruption: 'likely',
    effect: 'takes',
  },
  references: {kubescape: ['C-0074'], mitre: ['T1611']},
  *checkPod(pod) {
    const volumes = hostPathVolumesOf(pod);
    if (volumes.length === 0) return;
    const uses = new VolumeUses(pod);
    for (const {name, text, place, path} of volumes) {
      const socket = socketIn(place);
      if (socket === undefined) continue;
      yield {
        path: [...path, 'hostPath', 'path'],
        message: `the volume "${name}" at "${text}" exposes "${socket}": access to that socket is root on the node`,
        edits: uses.withdrawal(name, path),
        uses: {hostPaths: [place]},
      };
    }
  },
};

/** The runtime socket that `place` is, or contains. */
export const socketIn = (place: string): string | undefined =>
  socketName.test(place) ? place : runtimeSockets.find(socket => isWithin(socket, place));
