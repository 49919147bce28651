import {set} from '../edits.ts';
import {asMap} from '../json.ts';
import {
  containerSeccompPrefix,
  isConfined,
  podSeccompAnnotation,
  seccompFieldSince,
} from '../kubernetes/confinement.ts';
import type {PodSpec} from '../kubernetes/pod-spec.ts';
import type {Rule, Violation} from './rule.ts';
import {unconfinedProfile} from './unconfined-profile.ts';

/**
 * Restricted fields, from v1.19 on: `securityContext.seccompProfile.type` of the pod, of
 * containers, init and ephemeral containers: must be absent, RuntimeDefault or Localhost.
 *
 * Before v1.19, annotations of the pod: `seccomp.security.alpha.kubernetes.io/pod` and
 * `container.seccomp.security.alpha.kubernetes.io/CONTAINER` of each of its containers: must be
 * absent, `runtime/default`, `docker/default` or `localhost/PROFILE`.
 */
export const noUnconfinedSeccomp: Rule = {
  id: 'no-unconfined-seccomp',
  title: 'Pods must not disable seccomp',
  severity: 'high',
  remedy: 'Set the seccomp profile to RuntimeDefault or Localhost.',
  rationale:
    'An unconfined container can make every system call: bugs in the rarely used ones are how attackers break out of containers.',
  rewrite: {
    does: 'sets the profile to `RuntimeDefault`; before v1.19, the annotation to `runtime/default`',
    disruption: 'possible',
    effect: 'takes',
  },
  references: {
    podSecurity: {level: 'baseline', control: 'Seccomp'},
    cis: ['5.6.2'],
    kubescape: ['C-0055'],
    nsa: 'Kubernetes Pod security',
    nist: ['CM-3', 'CM-7'],
    mitre: ['T1611'],
  },
  *checkPod(pod, {policy}) {
    const violation =
      policy.podSecurityMinor < seccompFieldSince
        ? unconfinedByAnnotation(pod, podSeccompAnnotation)
        : unconfinedProfile('seccompProfile', pod.value, pod.path);
    if (violation !== undefined) yield violation;
  },
  *checkContainer({value, path, name}, pod, {policy}) {
    const violation =
      policy.podSecurityMinor < seccompFieldSince
        ? unconfinedByAnnotation(pod, `${containerSeccompPrefix}${name}`, name)
        : unconfinedProfile('seccompProfile', value, path, name);
    if (violation !== undefined) yield violation;
  },
};

function unconfinedByAnnotation(
  {metadata, metadataPath}: PodSpec,
  key: string,
  container?: string,
): Violation | undefined {
  const profile = asMap(metadata?.['annotations'])?.[key];
  if (typeof profile !== 'string' || isConfined('seccomp', profile)) return undefined;
  const path = [...metadataPath, 'annotations', key];
  return {
    path,
    ...(container === undefined ? {} : {container}),
    message: `the annotation \`${key}\` must not be "${profile}": an attacker can make every system call, and exploit every bug in one`,
    edits: [set(path, 'runtime/default')],
  };
}
