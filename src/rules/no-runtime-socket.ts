import {hostPathVolumesOf, isWithin} from '../kubernetes/host-path.ts';
import type {Rule} from './rule.ts';

/** The sockets of container runtimes, by the folder to which `/var/run` leads. */
export const runtimeSockets = [
  '/run/docker.sock',
  '/run/dockershim.sock',
  '/run/cri-dockerd.sock',
  '/run/containerd/containerd.sock',
  '/run/crio/crio.sock',
];

/**
 * Restricted field: pod `spec.volumes[*].hostPath.path`: must not be the socket of a container
 * runtime, nor a folder that holds one. A mount that is read-only helps nothing: a socket takes
 * commands all the same.
 */
export const noRuntimeSocket: Rule = {
  id: 'no-runtime-socket',
  title: 'Pods must not reach the container runtime of the host',
  severity: 'critical',
  rationale:
    'The socket of the runtime starts any container with any privilege: to reach it is to be root on the node.',
  references: {kubescape: ['C-0074'], mitre: ['T1611']},
  *checkPod(pod) {
    for (const {name, text, place, path} of hostPathVolumesOf(pod)) {
      const socket = runtimeSockets.find(each => isWithin(each, place));
      if (socket === undefined) continue;
      yield {
        path,
        message: `the volume "${name}" at "${text}" holds "${socket}": whoever reaches that socket is root on the node`,
      };
    }
  },
};
