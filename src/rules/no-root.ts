import {type Edit, remove, set} from '../edits.ts';
import {asMap, asString} from '../json.ts';
import {isRelaxedByUserNamespace} from '../kubernetes/pod-platform.ts';
import type {Container, PodSpec} from '../kubernetes/pod-spec.ts';
import {mustBeNonRoot, userOf} from '../kubernetes/user.ts';
import {asksForRoot} from './no-root-user.ts';
import type {Rule, Violation} from './rule.ts';

/**
 * Restricted field: `securityContext.runAsNonRoot` of containers, init and ephemeral containers:
 * must be true, or absent if the pod's is true; the pod's must not be false.
 *
 * Pods with `hostUsers: false` are exempt from v1.35 on: their root has no rights on the node.
 *
 * Each container is reported, not the pod, so that an exception can cover one container, such as an
 * init container that changes the owner of a volume. User 0 is removed if `runAsNonRoot` is set:
 * the kubelet starts no container with both. If no manifest sets another user, only the image shows
 * whether the container starts at all, so the rewrite waits.
 */
export const noRoot: Rule = {
  id: 'no-root',
  title: 'Containers must not run as root',
  severity: 'medium',
  remedy: 'Use an image that runs as a numeric user other than root, and set `runAsNonRoot: true`.',
  rationale:
    'Root in a container is root on the node once any isolation fails: through a bug in the runtime or the kernel, or a mounted folder.',
  rewrite: {
    does: 'sets `runAsNonRoot: true` and removes `runAsUser: 0`; the image must then set a user',
    disruption: 'likely',
    effect: 'fills',
    mayStopStart: true,
  },
  references: {
    podSecurity: {level: 'restricted', control: 'Running as Non-root'},
    cis: ['5.2.7'],
    kubescape: ['C-0013'],
    nsa: 'Kubernetes Pod security',
    mitre: ['T1611'],
  },
  *checkPod(pod, {policy}) {
    if (asMap(pod.value['securityContext'])?.['runAsNonRoot'] !== false) return;
    if (isRelaxedByUserNamespace(pod, policy.podSecurityMinor)) return;
    const path = [...pod.path, 'securityContext', 'runAsNonRoot'];
    const message = '`runAsNonRoot: false` lets the containers of the pod run as root';
    yield {path, message, edits: [remove(path)]};
  },
  *checkContainer(container, pod, {policy}) {
    if (mustBeNonRoot(container, pod)) return;
    if (isRelaxedByUserNamespace(pod, policy.podSecurityMinor)) return;
    const path = [...container.path, 'securityContext', 'runAsNonRoot'];
    yield {
      path,
      container: container.name,
      message: `\`runAsNonRoot\` of container "${container.name}" must be true: ${whyOf(container, pod)}`,
      ...doubtOf(container, pod),
      edits: [set(path, true), ...withoutRootUser(container, pod)],
    };
  },
};

function whyOf(container: Container, pod: PodSpec): string {
  const user = userOf(container, pod);
  return user === undefined || user === 0
    ? 'nothing prevents it from running as root'
    : `user ${user} is not root, but nothing would stop a change to root`;
}

/** The kubelet starts a container only if its user is a number other than 0. */
function doubtOf(container: Container, pod: PodSpec): Pick<Violation, 'doubt' | 'effect'> {
  const user = userOf(container, pod);
  if (user === 0) return {effect: 'takes', doubt: asksForRoot(`container "${container.name}"`)};
  if (user !== undefined) return {};
  const image = asString(container.value['image']) ?? '';
  return {
    doubt: `whether the image "${image}" runs as root; with \`runAsNonRoot\` the kubelet starts it only if its user is a number other than 0`,
  };
}

/** The edits that remove user 0 from the container, or from its pod. */
function withoutRootUser(container: Container, pod: PodSpec): readonly Edit[] {
  const own = asMap(container.value['securityContext'])?.['runAsUser'] ?? undefined;
  const user = own ?? asMap(pod.value['securityContext'])?.['runAsUser'];
  if (user !== 0) return [];
  const holder = own === undefined ? pod : container;
  return [remove([...holder.path, 'securityContext', 'runAsUser'])];
}
