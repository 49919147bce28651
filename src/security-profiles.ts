import {asList, asMap, asString, type JsonMap, textOf} from './json.ts';
import {capabilitiesOf} from './kubernetes/capabilities.ts';
import {isWindows} from './kubernetes/pod-platform.ts';
import type {Container, PodSpec} from './kubernetes/pod-spec.ts';
import type {Resource} from './kubernetes/resource.ts';
import {workloadsOf} from './kubernetes/workload.ts';
import type {Policy} from './policy/policy.ts';
import {knowingDefined} from './stream/defined-kinds.ts';
import type {ObjectStream} from './stream/manifest-stream.ts';

/** `complain` logs what a profile does not allow, `enforce` denies it. */
export type ProfileMode = 'complain' | 'enforce';

/** An AppArmorProfile of the Security Profiles Operator, and where it belongs. */
export interface WorkloadProfile {
  readonly value: JsonMap;
  readonly name: string;
  readonly resource: Resource;
  /** The path of the field of the workload that uses it: `spec.template.spec.securityContext.appArmorProfile`. */
  readonly field: string;
}

export interface WorkloadProfiles {
  readonly profiles: readonly WorkloadProfile[];
  /** Why there is none for a workload. */
  readonly left: readonly {readonly resource: Resource; readonly reason: string}[];
}

/**
 * A profile for each workload of a stream with a complete pod template, from what its manifest shows: read-only file
 * systems, writable volumes, and capabilities. One profile holds for all containers of a pod.
 */
export function profilesOf(
  stream: ObjectStream,
  policy: Pick<Policy, 'workloads'>,
  mode: ProfileMode,
): WorkloadProfiles {
  const {workloads} = knowingDefined(policy, stream);
  const names = new Map<string, number>();
  const profiles: WorkloadProfile[] = [];
  const left: {readonly resource: Resource; readonly reason: string}[] = [];
  for (const {resource, pod} of stream.resources.flatMap(each => workloadsOf(each, workloads))) {
    const reason = whyNone(pod);
    if (reason !== undefined) {
      left.push({resource, reason});
      continue;
    }
    const name = nameFor(resource, names);
    const field = [...pod.path, 'securityContext', 'appArmorProfile'].join('.');
    profiles.push({name, resource, field, value: profile(name, pod, mode)});
  }
  return {profiles, left};
}

function whyNone(pod: PodSpec): string | undefined {
  if (pod.form !== 'template')
    return 'an operator creates its pods, and only a part of them is known';
  if (isWindows(pod)) return 'its pods are for Windows';
  const privileged = pod.containers.find(
    ({value}) => asMap(value['securityContext'])?.['privileged'] === true,
  );
  return (
    privileged && `container "${privileged.name}" is privileged, so that no profile confines it`
  );
}

/** The operator allows letters, digits, dots and hyphens in names, and the API server 253 characters. */
const longestName = 240;

/** Profiles are in no namespace: their names contain that of the workload. */
function nameFor(
  {namespace = 'release', kind, name}: Resource,
  names: Map<string, number>,
): string {
  const whole = `${namespace}-${kind}-${name}`.toLowerCase().replaceAll(/[^a-z0-9-]/g, '-');
  const base = whole.slice(0, longestName).replaceAll(/^-+|-+$/g, '') || 'profile';
  const count = (names.get(base) ?? 0) + 1;
  names.set(base, count);
  return count === 1 ? base : `${base}--${count}`;
}

/** `api/apparmorprofile/v1` of the Security Profiles Operator, v1.0. */
function profile(name: string, pod: PodSpec, mode: ProfileMode): JsonMap {
  const capabilities = [...new Set(pod.containers.flatMap(heldBy))].sort();
  return {
    apiVersion: 'security-profiles-operator.x-k8s.io/v1',
    kind: 'AppArmorProfile',
    metadata: {name},
    spec: {
      mode: mode === 'enforce' ? 'Enforce' : 'Complain',
      abstract: {
        executable: {allowedExecutables: ['/**'], allowedLibraries: ['/**']},
        filesystem: {readWritePaths: [...new Set(writablePathsOf(pod))].sort()},
        network: {
          allowRaw: capabilities.includes('net_raw'),
          allowedProtocols: {allowTcp: true, allowUdp: true},
        },
        capability: {allowedCapabilities: capabilities},
      },
    },
  };
}

/** What a process writes in every container: its own devices, and its own entries in `/proc`. */
const alwaysWritten = ['/dev/**', '/proc/@{pid}/**'];

function* writablePathsOf({value, containers}: PodSpec): Iterable<string> {
  yield* alwaysWritten;
  const readOnly = new Set(
    asList(value['volumes'])
      .map(asMap)
      .filter(volume => volume !== undefined && isReadOnly(volume))
      .map(volume => textOf(volume?.['name'])),
  );
  for (const {value: container} of containers) {
    if (asMap(container['securityContext'])?.['readOnlyRootFilesystem'] !== true) yield '/**';
    const log = asString(container['terminationMessagePath']);
    if (log?.startsWith('/') === true) yield pattern(log);
    for (const item of asList(container['volumeMounts'])) {
      const {name, mountPath, readOnly: isSet} = asMap(item) ?? {};
      if (isSet === true || readOnly.has(textOf(name))) continue;
      const path = asString(mountPath) ?? '';
      const folder = path.replaceAll(/\/+/g, '/').replace(/\/$/, '');
      if (path.startsWith('/')) yield `${pattern(folder)}/**`;
    }
  }
}

/** Volumes that the kubelet mounts read-only. */
const isReadOnly = (volume: JsonMap): boolean =>
  ['configMap', 'downwardAPI', 'image', 'projected', 'secret'].some(each => each in volume) ||
  asMap(volume['persistentVolumeClaim'])?.['readOnly'] === true;

/** A path as a pattern of AppArmor. The operator takes only some characters: `?` stands for each other one. */
const pattern = (path: string): string => path.replaceAll(/[^a-zA-Z0-9_./+-]/g, '?');

/** Capabilities that the kernel has, as the operator and AppArmor call them. */
const known = (
  'audit_control audit_read audit_write block_suspend bpf checkpoint_restore chown dac_override dac_read_search ' +
  'fowner fsetid ipc_lock ipc_owner kill lease linux_immutable mac_admin mac_override mknod net_admin ' +
  'net_bind_service net_broadcast net_raw perfmon setfcap setgid setpcap setuid sys_admin sys_boot sys_chroot ' +
  'sys_module sys_nice sys_pacct sys_ptrace sys_rawio sys_resource sys_time sys_tty_config syslog wake_alarm'
).split(' ');

/** What runtimes give a container: containerd's and Docker's defaults. */
const byDefault = (
  'audit_write chown dac_override fowner fsetid kill mknod net_bind_service net_raw setfcap setgid setpcap setuid ' +
  'sys_chroot'
).split(' ');

/** The capabilities that a container may have. */
function heldBy(container: Container): readonly string[] {
  const names = (list: 'add' | 'drop') =>
    capabilitiesOf(container, list).map(({name}) => name.toLowerCase());
  const [added, dropped] = [names('add'), names('drop')];
  const kept = dropped.includes('all') ? [] : byDefault.filter(name => !dropped.includes(name));
  const more = added.includes('all') ? known : added.filter(name => known.includes(name));
  return [...kept, ...more];
}
