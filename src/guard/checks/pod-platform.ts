import {userNamespaceSince} from '../../kubernetes/pod-platform.ts';

/**
 * CEL: whether the pod declares that it is for Windows, for which the API server forbids Linux
 * fields.
 */
export const isWindows = "variables.pod.?os.?name.orValue('') == 'windows'";

/** CEL: whether the pod has its own user namespace, in which root has no rights on the node. */
export const hasUserNamespace = '!variables.pod.?hostUsers.orValue(true)';

/**
 * `finds`, except for pods for which the Pod Security Standards of v1.`minor` allow root: those
 * with their own user namespace.
 */
export const unlessRelaxed =
  (finds: string) =>
  (minor: number): string =>
    minor >= userNamespaceSince ? `(${finds}) && !(${hasUserNamespace})` : finds;
