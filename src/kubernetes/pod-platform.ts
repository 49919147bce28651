import {asMap} from '../json.ts';
import type {PodSpec} from './pod-spec.ts';

/** The minor version of the Pod Security Standards that exempts pods for Windows of what only Linux has. */
export const windowsSince = 25;

/** The minor version that lets pods with a user namespace of their own run as root. */
export const userNamespaceSince = 35;

/**
 * Whether the pod declares that it is for Windows, for which the API server forbids Linux fields.
 */
export const isWindows = ({value}: PodSpec): boolean => asMap(value['os'])?.['name'] === 'windows';

/**
 * Whether the Pod Security Standards of v1.`minor` exempt the pod from what only Linux has, since
 * it declares Windows.
 */
export const isExemptAsWindows = (pod: PodSpec, minor: number): boolean =>
  minor >= windowsSince && isWindows(pod);

/**
 * Whether the Pod Security Standards of v1.`minor` relax what keeps root from a pod, since root in
 * it is nobody on the node: the pod has a user namespace of its own.
 */
export const isRelaxedByUserNamespace = ({value}: PodSpec, minor: number): boolean =>
  minor >= userNamespaceSince && value['hostUsers'] === false;
