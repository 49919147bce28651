import {asMap, type JsonMap} from '../json.ts';
import {isRelaxedByUserNamespace, isWindows} from '../kubernetes/pod-platform.ts';
import type {Rule} from './rule.ts';

/** User ids below it belong to accounts of Linux distributions (`login.defs`), and of nodes. */
const lowestUser = 10_000;

/**
 * Restricted fields: `securityContext.runAsUser` of the pod, of containers, init and ephemeral
 * containers: must be 0, which no-root-user judges, or at least 10000. Without a user, that of the
 * image applies. Pods with `hostUsers: false` are exempt: their users are others on the node.
 */
export const requireHighUser: Rule = {
  id: 'require-high-user',
  title: 'Containers must run as users that no node has',
  severity: 'low',
  remedy: 'Set `runAsUser` to 10000 or more, if the image can run as any user.',
  rationale:
    'A container that breaks out as user 1000 may own files of the first account on the node; no node has a user 10000.',
  references: {},
  *checkPod(pod, {policy}) {
    if (isWindows(pod) || isRelaxedByUserNamespace(pod, policy.podSecurityMinor)) return;
    const user = lowUserOf(pod.value);
    if (user === undefined) return;
    const path = [...pod.path, 'securityContext', 'runAsUser'];
    yield {path, message: `\`runAsUser: ${user}\` ${mayExist}`};
  },
  *checkContainer({name, value, path}, pod, {policy}) {
    if (isWindows(pod) || isRelaxedByUserNamespace(pod, policy.podSecurityMinor)) return;
    const user = lowUserOf(value);
    if (user === undefined) return;
    yield {
      path: [...path, 'securityContext', 'runAsUser'],
      container: name,
      message: `\`runAsUser: ${user}\` of container "${name}" ${mayExist}`,
    };
  },
};

const mayExist = 'may be the user of somebody on the node';

function lowUserOf(value: JsonMap): number | undefined {
  const user = asMap(value['securityContext'])?.['runAsUser'];
  return typeof user === 'number' && user > 0 && user < lowestUser ? user : undefined;
}
