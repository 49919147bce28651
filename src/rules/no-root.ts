import {remove, set} from '../edits.ts';
import {asMap} from '../json.ts';
import {isRelaxedByUserNamespace} from '../kubernetes/pod-platform.ts';
import {mustBeNonRoot} from '../kubernetes/user.ts';
import type {Rule} from './rule.ts';

/**
 * Restricted fields:
 *
 * - `securityContext.runAsNonRoot` of containers, init and ephemeral containers: must be true, or
 *   absent where the pod's is true; the pod's must not be false
 * - `securityContext.runAsUser` of the pod and of all containers, from v1.23 on: must not be 0
 *
 * Pods with `hostUsers: false` are exempt from v1.35 on: root in them is nobody on the node.
 *
 * Each container is told, not the pod: so an exception for one container, such as an init container
 * that changes the owner of a volume, leaves that one as it is. Before v1.23 too a user 0 goes where
 * `runAsNonRoot` is set: the kubelet starts no container that asks for both.
 */
export const noRoot: Rule = {
  id: 'no-root',
  title: 'Containers must not run as root',
  severity: 'medium',
  rationale:
    'Root in a container is root on the node once any lock fails: a hole in the runtime or the kernel, or a mounted folder.',
  rewrite: {
    does: 'sets `runAsNonRoot: true` and removes `runAsUser: 0`: the image must name a user',
    disruption: 'likely',
  },
  references: {
    podSecurity: {level: 'restricted', control: 'Running as Non-root'},
    cis: ['5.2.7'],
    kubescape: ['C-0013'],
    nsa: 'Kubernetes Pod security',
    mitre: ['T1611'],
  },
  *checkPod(pod, {policy}) {
    const context = asMap(pod.value['securityContext']);
    if (context === undefined || isRelaxedByUserNamespace(pod, policy.podSecurityMinor)) return;
    const path = [...pod.path, 'securityContext'];
    if (context['runAsNonRoot'] === false) {
      const field = [...path, 'runAsNonRoot'];
      const message = '`runAsNonRoot: false` lets the containers of the pod run as root';
      yield {path: field, message, edits: [remove(field)]};
    }
    const demandsUser = policy.podSecurityMinor >= 23;
    const isRoot = context['runAsUser'] === 0;
    if (isRoot && (demandsUser || !pod.containers.every(each => mustBeNonRoot(each, pod)))) {
      const field = [...path, 'runAsUser'];
      const message = '`runAsUser: 0` makes the containers of the pod run as root';
      yield {path: field, message, edits: [remove(field)]};
    }
  },
  *checkContainer(container, pod, {policy}) {
    const {value, path, name} = container;
    if (isRelaxedByUserNamespace(pod, policy.podSecurityMinor)) return;
    const isHeld = mustBeNonRoot(container, pod);
    const demandsUser = policy.podSecurityMinor >= 23;
    const isRoot = asMap(value['securityContext'])?.['runAsUser'] === 0;
    if (!isHeld) {
      const field = [...path, 'securityContext', 'runAsNonRoot'];
      const message = `\`runAsNonRoot\` of container "${name}" must be true: nothing keeps it from running as root`;
      yield {path: field, container: name, message, edits: [set(field, true)]};
    }
    if (isRoot && (demandsUser || !isHeld)) {
      const field = [...path, 'securityContext', 'runAsUser'];
      const message = `\`runAsUser: 0\` makes container "${name}" run as root`;
      yield {path: field, container: name, message, edits: [remove(field)]};
    }
  },
};
