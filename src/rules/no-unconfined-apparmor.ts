import {set} from '../edits.ts';
import {asMap} from '../json.ts';
import {isConfined, containerAppArmorPrefix as prefix} from '../kubernetes/confinement.ts';
import type {PodSpec} from '../kubernetes/pod-spec.ts';
import type {Rule, Violation} from './rule.ts';
import {unconfinedProfile} from './unconfined-profile.ts';

/**
 * Restricted fields:
 *
 * - `securityContext.appArmorProfile.type` of the pod, of containers, init and ephemeral
 *   containers: must be absent, RuntimeDefault or Localhost
 * - annotation `container.apparmor.security.beta.kubernetes.io/CONTAINER` of the pod: must be
 *   absent, empty, `runtime/default` or `localhost/PROFILE`; clusters before v1.30 have no other
 *   way
 */
export const noUnconfinedApparmor: Rule = {
  id: 'no-unconfined-apparmor',
  title: 'Pods must not disable AppArmor',
  severity: 'high',
  remedy: 'Set the AppArmor profile to RuntimeDefault or Localhost.',
  rationale:
    'The default AppArmor profile denies mounts and writes to /proc and /sys: without it, one barrier less stands between a container and its node.',
  rewrite: {
    does: 'sets the profile to `RuntimeDefault`, or to `runtime/default` in an annotation',
    disruption: 'possible',
    effect: 'takes',
  },
  references: {
    podSecurity: {level: 'baseline', control: 'AppArmor'},
    kubescape: ['C-0055'],
    nsa: 'Kubernetes Pod security',
    nist: ['CM-3', 'CM-7'],
  },
  *checkPod(pod) {
    const violation = unconfinedProfile('appArmorProfile', pod.value, pod.path);
    if (violation !== undefined) yield violation;
    if (pod.metadata?.['annotations'] !== undefined) yield* unconfinedByAnnotation(pod);
  },
  *checkContainer({value, path, name}) {
    const violation = unconfinedProfile('appArmorProfile', value, path, name);
    if (violation !== undefined) yield violation;
  },
};

function* unconfinedByAnnotation({metadata, metadataPath}: PodSpec): Iterable<Violation> {
  for (const [key, profile] of Object.entries(asMap(metadata?.['annotations']) ?? {})) {
    if (!key.startsWith(prefix) || typeof profile !== 'string' || isConfined('appArmor', profile))
      continue;
    const path = [...metadataPath, 'annotations', key];
    const container = key.slice(prefix.length);
    yield {
      path,
      container,
      message: `the annotation \`${key}\` must not be "${profile}": container "${container}" runs without the default AppArmor profile`,
      edits: [set(path, 'runtime/default')],
    };
  }
}
