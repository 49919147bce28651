import {asList, asMap} from '../json.ts';
import {isWindows} from '../kubernetes/pod-platform.ts';
import type {PodSpec} from '../kubernetes/pod-spec.ts';
import type {Rule} from './rule.ts';

/**
 * Required field: pod `spec.hostUsers: false`, unless the pod shares namespaces of its node, is for
 * Windows, or uses raw devices or NFS volumes: the API server refuses those, or the kernel does.
 *
 * Only flagged: the runtime and the file system of the nodes must support user namespaces (v1.33),
 * which no manifest shows.
 */
export const requireUserNamespace: Rule = {
  id: 'require-user-namespace',
  title: 'Pods must have their own user namespace',
  severity: 'low',
  remedy: 'Set `hostUsers: false`, if the nodes support user namespaces (Kubernetes v1.33).',
  rationale:
    'Without a user namespace, root in a container is root on the node: a container that breaks out has all its rights.',
  references: {mitre: ['T1611']},
  after: ['no-host-network', 'no-host-pid', 'no-host-ipc'],
  *checkPod(pod) {
    const {value, path, form} = pod;
    if (form === 'settings' || value['hostUsers'] === false || !canHave(pod)) return;
    yield {
      path: [...path, 'hostUsers'],
      message: '`hostUsers` must be false: otherwise root in a container is root on the node',
    };
  },
};

/** Whether the API server accepts `hostUsers: false`: ValidatePodSpec, and KEP-127. */
function canHave(pod: PodSpec): boolean {
  const {value, containers} = pod;
  if (isWindows(pod)) return false;
  if (['hostNetwork', 'hostPID', 'hostIPC'].some(field => value[field] === true)) return false;
  if (containers.some(({value: each}) => asList(each['volumeDevices']).length > 0)) return false;
  return !asList(value['volumes']).some(volume => 'nfs' in (asMap(volume) ?? {}));
}
