import {asMap} from '../json.ts';
import type {Container, PodSpec} from './pod-spec.ts';

/** Whether a container may run as root: nothing forbids it, or its user is 0. */
export function mayBeRoot(container: Container, pod: PodSpec): boolean {
  const user = userOf(container, pod);
  return user === undefined ? !mustBeNonRoot(container, pod) : user === 0;
}

/**
 * The number of the user that a container runs as, set in the container or the pod; otherwise that
 * of the image applies.
 */
export function userOf(container: Container, pod: PodSpec): number | undefined {
  const own = asMap(container.value['securityContext']);
  const shared = asMap(pod.value['securityContext']);
  const user = own?.['runAsUser'] ?? shared?.['runAsUser'];
  return typeof user === 'number' ? user : undefined;
}

/** Whether the kubelet refuses to start a container as root, as set in the container or the pod. */
export const mustBeNonRoot = (container: Container, pod: PodSpec): boolean =>
  (asMap(container.value['securityContext'])?.['runAsNonRoot'] ??
    asMap(pod.value['securityContext'])?.['runAsNonRoot']) === true;
