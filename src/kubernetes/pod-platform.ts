import {asMap} from '../json.ts';
import type {PodSpec} from './pod-spec.ts';

/** Whether the pod declares that it is for Windows, where the API server forbids Linux' fields. */
export const isWindows = ({value}: PodSpec): boolean => asMap(value['os'])?.['name'] === 'windows';

/**
 * Whether the Pod Security Standards of v1.`minor` exempt the pod from what only Linux has: from
 * v1.25 on those that declare Windows.
 */
export const isExemptAsWindows = (pod: PodSpec, minor: number): boolean =>
  minor >= 25 && isWindows(pod);

/**
 * Whether the Pod Security Standards of v1.`minor` relax what keeps root from a pod, since root in
 * it is nobody on the node: from v1.35 on where the pod has a user namespace of its own.
 */
export const isRelaxedByUserNamespace = ({value}: PodSpec, minor: number): boolean =>
  minor >= 35 && value['hostUsers'] === false;
