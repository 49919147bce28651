import {hostPathVolumesOf} from '../kubernetes/host-path.ts';
import {VolumeUses} from '../kubernetes/volume-mounts.ts';
import type {Rule} from './rule.ts';

/** Restricted field: pod `spec.volumes[*].hostPath`: must be absent. */
export const noHostPath: Rule = {
  id: 'no-host-path',
  title: 'Pods must not mount host folders',
  severity: 'high',
  remedy:
    'Replace the `hostPath` volume with a PersistentVolumeClaim, a ConfigMap or an `emptyDir`.',
  rationale:
    'A host folder outlives the pod and is shared with whatever else uses it: what an attacker leaves or finds there leads to the node and to other pods.',
  rewrite: {
    does: 'removes the volume, and its mounts from all containers',
    disruption: 'likely',
    effect: 'takes',
  },
  references: {
    podSecurity: {level: 'baseline', control: 'HostPath Volumes'},
    cis: ['5.2.11'],
    kubescape: ['C-0048'],
    nsa: 'Kubernetes Pod security',
    nist: ['SC-7', 'SA-8', 'CM-3', 'CM-6', 'CM-7', 'AC-4', 'AC-16', 'SI-7'],
    mitre: ['T1611'],
  },
  *checkPod(pod) {
    const volumes = hostPathVolumesOf(pod);
    if (volumes.length === 0) return;
    const uses = new VolumeUses(pod);
    for (const {name, text, place, path} of volumes) {
      yield {
        path: [...path, 'hostPath'],
        message: `the volume "${name}" is the host folder "${text}": its content outlives the pod and is not private to it`,
        edits: uses.withdrawal(name, path),
        uses: {hostPaths: [place]},
      };
    }
  },
};
