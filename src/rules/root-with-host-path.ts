import {hostPathVolumesOf, isSensitive} from '../kubernetes/host-path.ts';
import {isWindows} from '../kubernetes/pod-platform.ts';
import {mayBeRoot} from '../kubernetes/user.ts';
import {VolumeUses} from '../kubernetes/volume-mounts.ts';
import type {Rule} from './rule.ts';

/**
 * Restricted fields, together: a container, init or ephemeral container that may run as root
 * (`runAsUser` is 0, or is absent with `runAsNonRoot` not true) must not mount a hostPath volume
 * without `readOnly: true`. A user namespace does not help: on a volume, its root is root of the
 * node.
 *
 * It has no rewrite: it is fixed once the mount is read-only or gone, or the user has changed.
 */
export const rootWithHostPath: Rule = {
  id: 'root-with-host-path',
  title: 'Containers that can write to the host must not run as root',
  severity: 'high',
  remedy:
    'Run the container as a user other than root, or mount the host path with `readOnly: true`.',
  rationale:
    'Root that can write to a host folder can leave setuid programs, keys and jobs there, and so take over the node.',
  references: {cis: ['5.2.7', '5.2.11'], kubescape: ['C-0045'], mitre: ['T1611']},
  *checkPod(pod) {
    const volumes = hostPathVolumesOf(pod);
    if (volumes.length === 0 || isWindows(pod)) return;
    const uses = new VolumeUses(pod);
    for (const {name, text, place} of volumes) {
      for (const {list, value, path, container} of uses.take(name)) {
        if (list !== 'volumeMounts') continue;
        if (value['readOnly'] === true || !mayBeRoot(container, pod)) continue;
        yield {
          path,
          container: container.name,
          message: `container "${container.name}" may run as root and can write to the host folder "${text}": it can leave programs there that the node runs`,
          ...(isSensitive(place) ? {severity: 'critical'} : {}),
          uses: {hostPaths: [place]},
        };
      }
    }
  },
};
