import {set} from '../edits.ts';
import {
  hostPathsOfPersistentVolume,
  hostPathVolumesOf,
  isSensitive,
} from '../kubernetes/host-path.ts';
import {mayBeRoot} from '../kubernetes/user.ts';
import {VolumeUses} from '../kubernetes/volume-mounts.ts';
import type {Rule} from './rule.ts';

/**
 * Restricted field: pod `spec.volumes[*].hostPath.path`: must not be a sensitive host folder, nor
 * contain one, nor be inside one, however it is spelled (`/var/run/../../etc`). The volume is
 * flagged; its writable mounts are made read-only. One that root can write to is critical.
 *
 * The same applies to `spec.hostPath.path` and `spec.local.path` of a PersistentVolume, because a
 * claim mounts it without any check of the pod. It is only flagged, because only its owner knows
 * its content.
 *
 * no-host-path removes the volume, too.
 */
export const noSensitiveHostPath: Rule = {
  id: 'no-sensitive-host-path',
  title: 'Pods must not mount sensitive host folders',
  severity: 'high',
  remedy: 'Do not mount sensitive host folders; if you must, set `readOnly: true`.',
  rationale:
    'Whoever can write to the configuration, programs or run-time state of a node owns it. Whoever can read them finds keys.',
  rewrite: {does: 'makes its mounts `readOnly: true`', disruption: 'possible', effect: 'takes'},
  references: {
    podSecurity: {level: 'baseline', control: 'HostPath Volumes'},
    cis: ['5.2.11'],
    kubescape: ['C-0045', 'C-0048'],
    nist: ['SC-7', 'SA-8', 'CM-3', 'CM-6', 'CM-7', 'AC-4', 'AC-16', 'SI-7'],
    mitre: ['T1611'],
  },
  kinds: ['PersistentVolume'],
  *checkResource(resource) {
    for (const {text, place, path} of hostPathsOfPersistentVolume(resource)) {
      if (!isSensitive(place)) continue;
      yield {
        path,
        message: `whoever claims the volume can read the sensitive host folder "${text}"`,
        uses: {hostPaths: [place]},
      };
    }
  },
  *checkPod(pod) {
    const volumes = hostPathVolumesOf(pod);
    if (volumes.length === 0) return;
    const uses = new VolumeUses(pod);
    for (const {name, text, place, path} of volumes) {
      if (!isSensitive(place)) continue;
      yield {
        path: [...path, 'hostPath', 'path'],
        message: `the volume "${name}" gives the pod access to the sensitive host folder "${text}"`,
        uses: {hostPaths: [place]},
      };
      for (const {list, value, path: use, container} of uses.take(name)) {
        if (list !== 'volumeMounts' || value['readOnly'] === true) continue;
        const asRoot = mayBeRoot(container, pod);
        const field = [...use, 'readOnly'];
        yield {
          path: field,
          container: container.name,
          message: `container "${container.name}" can write to the host folder "${text}"${asRoot ? ' as root' : ''}: whoever breaks into it owns the node`,
          ...(asRoot ? {severity: 'critical'} : {}),
          edits: [set(field, true)],
          uses: {hostPaths: [place]},
        };
      }
    }
  },
};
