import {asMap} from '../json.ts';
import type {Container, PodSpec} from './pod-spec.ts';

/** Whether a container may run as root: nothing says that it must not, or its user is 0. */
export function mayBeRoot(container: Container, pod: PodSpec): boolean {
  const own = asMap(container.value['securityContext']);
  const shared = asMap(pod.value['securityContext']);
  const user = own?.['runAsUser'] ?? shared?.['runAsUser'];
  if (typeof user === 'number') return user === 0;
  return !mustBeNonRoot(container, pod);
}

/** Whether the kubelet refuses to start a container as root: by its own word, or the pod's. */
export const mustBeNonRoot = (container: Container, pod: PodSpec): boolean =>
  (asMap(container.value['securityContext'])?.['runAsNonRoot'] ??
    asMap(pod.value['securityContext'])?.['runAsNonRoot']) === true;
