import {asMap, valueAt} from '../json.ts';
import type {PodSpec} from './pod-spec.ts';

/**
 * The minor version of the Pod Security Standards that exempts Windows pods from Linux-only fields.
 */
export const windowsSince = 25;

/** The minor version that allows root in pods with their own user namespace. */
export const userNamespaceSince = 35;

/**
 * Whether the pod declares that it is for Windows, for which the API server forbids Linux fields.
 */
export const isWindows = ({value}: PodSpec): boolean => asMap(value['os'])?.['name'] === 'windows';

/**
 * Whether the Pod Security Standards of v1.`minor` exempt the pod from Linux-only fields, because
 * it declares Windows.
 */
export const isExemptAsWindows = (pod: PodSpec, minor: number): boolean =>
  minor >= windowsSince && isWindows(pod);

/**
 * Whether the Pod Security Standards of v1.`minor` allow root in the pod, because the pod has its
 * own user namespace and its root has no rights on the node. A namespace that only a rewrite gives it excuses nothing:
 * the manifest asked for none.
 */
export function isRelaxedByUserNamespace(
  {value, path, resource: {read}}: PodSpec,
  minor: number,
): boolean {
  if (minor < userNamespaceSince || value['hostUsers'] !== false) return false;
  return read === undefined || valueAt(read, [...path, 'hostUsers']) === false;
}
