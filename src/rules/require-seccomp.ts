import {type Edit, remove, set} from '../edits.ts';
import {asMap, asString, type JsonMap} from '../json.ts';
import {
  defaultProfiles,
  podSeccompAnnotation,
  seccompFieldSince,
} from '../kubernetes/confinement.ts';
import {isExemptAsWindows, isWindows} from '../kubernetes/pod-platform.ts';
import type {PodSpec} from '../kubernetes/pod-spec.ts';
import type {Rule} from './rule.ts';

/**
 * Restricted field, from v1.19 on: `securityContext.seccompProfile`: must be set in the pod, or in
 * each of its containers, init and ephemeral containers. no-unconfined-seccomp checks its value.
 *
 * Pods of `spec.os.name: windows` are exempt from v1.25 on, and never rewritten: the API server
 * forbids the field there. Up to v1.26 it also refuses a field and an annotation from before v1.19
 * that disagree: a node profile in the annotation is copied to the field, and any other annotation
 * is removed.
 */
export const requireSeccomp: Rule = {
  id: 'require-seccomp',
  title: 'Pods must run with a seccomp profile',
  severity: 'medium',
  remedy: 'Set `seccompProfile: {type: RuntimeDefault}` in the pod’s `securityContext`.',
  rationale:
    'Without a seccomp profile a container can make every system call, and exploit every bug in one: the default profile blocks those that containers do not need.',
  rewrite: {
    does: 'sets the profile `RuntimeDefault` on the pod',
    disruption: 'possible',
    effect: 'fills',
  },
  references: {
    podSecurity: {level: 'restricted', control: 'Seccomp', since: `v1.${seccompFieldSince}`},
    cis: ['5.6.2'],
    kubescape: ['C-0055'],
    nsa: 'Kubernetes Pod security',
    nist: ['CM-6', 'CM-6(1)'],
    mitre: ['T1611'],
  },
  *checkPod(pod, {policy}) {
    if (hasProfile(pod.value)) return;
    const bare = pod.containers.find(({value}) => !hasProfile(value));
    if (bare === undefined || isExemptAsWindows(pod, policy.podSecurityMinor)) return;
    yield {
      path: [...pod.path, 'securityContext', 'seccompProfile'],
      message: `neither the pod nor container "${bare.name}" sets a \`seccompProfile\`: an attacker can make every system call`,
      ...(isWindows(pod) ? {} : {edits: editsFor(pod)}),
    };
  },
};

function hasProfile(holder: JsonMap): boolean {
  const profile = asMap(holder['securityContext'])?.['seccompProfile'];
  return profile !== undefined && profile !== null;
}

function editsFor({path, metadata, metadataPath}: PodSpec): readonly Edit[] {
  const field = [...path, 'securityContext', 'seccompProfile'];
  const named =
    asString(asMap(metadata?.['annotations'])?.[podSeccompAnnotation]) ?? 'runtime/default';
  const localhostProfile = /^localhost\/((?!\/|.*\.\.).+)$/s.exec(named)?.[1];
  if (localhostProfile !== undefined) return [set(field, {type: 'Localhost', localhostProfile})];
  const profile = set(field, {type: 'RuntimeDefault'});
  if (defaultProfiles.seccomp.some(each => each === named)) return [profile];
  return [profile, remove([...metadataPath, 'annotations', podSeccompAnnotation])];
}
