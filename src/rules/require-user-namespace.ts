import {set} from '../edits.ts';
import {asList, asMap, asString, type JsonMap, valueAt} from '../json.ts';
import {isWindows} from '../kubernetes/pod-platform.ts';
import type {PodSpec} from '../kubernetes/pod-spec.ts';
import type {Rule} from './rule.ts';

/**
 * Required field: pod `spec.hostUsers: false`, unless the pod shares namespaces of its node, is for
 * Windows, or uses raw devices or NFS volumes: the API server refuses those, or the kernel does.
 *
 * It is set for Kubernetes v1.33 and later, which has user namespaces by default. It waits where a
 * pod has privileges, and where its volumes may be of a file system without ID-mapped mounts: claims,
 * CSI, shared file systems; and for folders of the node, whose owners are others in the pod. Whether
 * the runtime and the kernel of the nodes support user namespaces, no manifest shows.
 */
export const requireUserNamespace: Rule = {
  id: 'require-user-namespace',
  title: 'Pods must have their own user namespace',
  severity: 'low',
  remedy: 'Set `hostUsers: false`, if the nodes support user namespaces (Kubernetes v1.33).',
  rationale:
    'Without a user namespace, root in a container is root on the node: a container that breaks out has all its rights.',
  rewrite: {
    does: 'sets `hostUsers: false` for Kubernetes v1.33 and later',
    disruption: 'likely',
    effect: 'fills',
    mayStopStart: true,
  },
  references: {mitre: ['T1611']},
  after: ['no-host-network', 'no-host-pid', 'no-host-ipc'],
  *checkPod(pod, {policy: {podSecurityMinor: minor}}) {
    const {value, path, form} = pod;
    if (form === 'settings' || value['hostUsers'] === false || !canHave(pod)) return;
    const field = [...path, 'hostUsers'];
    const doubt = doubtOf(pod);
    yield {
      path: field,
      message: '`hostUsers` must be false: otherwise root in a container is root on the node',
      ...(minor < since ? {} : {edits: [set(field, false)]}),
      ...(value['hostUsers'] === true || hasPrivileges(pod) ? {effect: 'takes'} : {}),
      ...(doubt === undefined ? {} : {doubt}),
    };
  },
};

/** The minor version that has user namespaces by default. */
const since = 33;

/** Whether the API server accepts `hostUsers: false`: ValidatePodSpec, and KEP-127. */
function canHave(pod: PodSpec): boolean {
  const {value, containers} = pod;
  if (isWindows(pod)) return false;
  if (['hostNetwork', 'hostPID', 'hostIPC'].some(field => value[field] === true)) return false;
  if (containers.some(({value: each}) => asList(each['volumeDevices']).length > 0)) return false;
  return !volumesOf(pod).some(volume => 'nfs' in volume);
}

const volumesOf = ({value}: PodSpec): readonly JsonMap[] =>
  asList(value['volumes'])
    .map(asMap)
    .filter(volume => volume !== undefined);

/** Privileges that mean nothing on the node any more: who needs them there loses them. */
const hasPrivileges = ({containers}: PodSpec): boolean =>
  containers.some(({value}) => {
    const context = asMap(value['securityContext']);
    return (
      context?.['privileged'] === true ||
      asList(valueAt(context, ['capabilities', 'add'])).length > 0
    );
  });

/** Volumes in the memory of the node, or on its own file system, which has ID-mapped mounts. */
const plain: ReadonlySet<string> = new Set([
  'configMap',
  'downwardAPI',
  'emptyDir',
  'gitRepo',
  'image',
  'name',
  'projected',
  'secret',
]);

function doubtOf(pod: PodSpec): string | undefined {
  const volumes = volumesOf(pod);
  const open = volumes.find(volume => Object.keys(volume).some(key => !plain.has(key)));
  if (open === undefined) return doubtOfClaims(pod, volumes);
  const name = asString(open['name']) ?? '';
  return 'hostPath' in open
    ? `whether the pod may use the files of the node in volume "${name}" as another user`
    : mapped(name);
}

/** The claim templates of a StatefulSet are volumes, too. */
function doubtOfClaims({containers}: PodSpec, volumes: readonly JsonMap[]): string | undefined {
  const names = new Set(volumes.map(volume => asString(volume['name']) ?? ''));
  for (const {value} of containers) {
    for (const mount of asList(value['volumeMounts'])) {
      const name = asString(asMap(mount)?.['name']);
      if (name !== undefined && !names.has(name)) return mapped(name);
    }
  }
  return undefined;
}

const mapped = (volume: string): string =>
  `whether the file system of volume "${volume}" supports ID-mapped mounts, as NFS does not`;
