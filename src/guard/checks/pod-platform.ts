import {userNamespaceSince} from '../../kubernetes/pod-platform.ts';

/** CEL: whether the pod declares that it is for Windows, where the API server forbids Linux' fields. */
export const isWindows = "variables.pod.?os.?name.orValue('') == 'windows'";

/** CEL: whether the pod has a user namespace of its own, in which root is nobody on the node. */
export const hasUserNamespace = '!variables.pod.?hostUsers.orValue(true)';

/**
 * `finds`, but for the pods from which the Pod Security Standards of v1.`minor` do not keep root:
 * those with a user namespace of their own.
 */
export const unlessRelaxed =
  (finds: string) =>
  (minor: number): string =>
    minor >= userNamespaceSince ? `(${finds}) && !(${hasUserNamespace})` : finds;
