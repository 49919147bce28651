import {remove} from '../edits.ts';
import {asMap, type JsonMap, type Path} from '../json.ts';
import {isRelaxedByUserNamespace} from '../kubernetes/pod-platform.ts';
import type {Rule, Violation} from './rule.ts';

/**
 * Restricted field, from v1.23 on: `securityContext.runAsUser` of the pod, of containers, init and
 * ephemeral containers: must not be 0. Pods with `hostUsers: false` are exempt from v1.35 on.
 *
 * no-root covers whether the image sets a user, and the kubelet requires one. An explicit user 0 is
 * intended, so the rewrite waits.
 */
export const noRootUser: Rule = {
  id: 'no-root-user',
  title: 'Containers must not request the root user',
  severity: 'medium',
  remedy: 'Remove `runAsUser: 0`, or set it to a user other than root.',
  rationale:
    'With `runAsUser: 0` a container runs as root even if its image sets another user. Once any isolation fails, it is root on the node.',
  rewrite: {
    does: 'removes `runAsUser: 0`',
    disruption: 'likely',
    effect: 'takes',
    mayStopStart: true,
  },
  references: {
    podSecurity: {level: 'restricted', control: 'Running as Non-root user', since: 'v1.23'},
    cis: ['5.2.7'],
    kubescape: ['C-0013'],
    nsa: 'Kubernetes Pod security',
    mitre: ['T1611'],
  },
  *checkPod(pod, {policy}) {
    if (!isRoot(pod.value)) return;
    if (isRelaxedByUserNamespace(pod, policy.podSecurityMinor)) return;
    yield rootUser(pod.path, 'the containers of the pod');
  },
  *checkContainer({value, path, name}, pod, {policy}) {
    if (!isRoot(value)) return;
    if (isRelaxedByUserNamespace(pod, policy.podSecurityMinor)) return;
    yield {...rootUser(path, `container "${name}"`), container: name};
  },
};

const isRoot = (holder: JsonMap): boolean => asMap(holder['securityContext'])?.['runAsUser'] === 0;

function rootUser(at: Path, whom: string): Violation {
  const path = [...at, 'securityContext', 'runAsUser'];
  return {
    path,
    message: `\`runAsUser: 0\` makes ${whom} run as root`,
    doubt: asksForRoot(whom),
    edits: [remove(path)],
  };
}

/** An explicit user 0 usually has a reason, which only the image shows. */
export const asksForRoot = (whom: string): string =>
  `whether ${whom} can run as a user other than root: \`runAsUser: 0\` requests root`;
