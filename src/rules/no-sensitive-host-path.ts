import {set} from '../edits.ts';
import {hostPathVolumesOf, mountsOf, touches} from '../kubernetes/host-path.ts';
import type {Rule} from './rule.ts';

/** Folders that give a node away, by the place to which `/var/run` leads. */
export const sensitiveFolders = [
  '/etc',
  '/bin',
  '/sbin',
  '/usr',
  '/lib',
  '/lib64',
  '/boot',
  '/dev',
  '/proc',
  '/sys',
  '/root',
  '/home',
  '/run',
  '/var/lib/kubelet',
  '/var/lib/docker',
  '/var/lib/containerd',
  '/var/lib/etcd',
  '/var/log',
];

/**
 * Restricted field: pod `spec.volumes[*].hostPath.path`: must not be a sensitive folder of the
 * host, nor contain one, nor lie in one, however it is spelt (`/var/run/../../etc`). The volume is
 * flagged; its mounts that may write are made read-only.
 */
export const noSensitiveHostPath: Rule = {
  id: 'no-sensitive-host-path',
  title: 'Pods must not mount sensitive folders of the host',
  severity: 'high',
  rationale:
    'Who writes to the configuration, the programs or the run-time state of a node owns it; who reads them finds keys.',
  rewrite: {does: 'makes its mounts `readOnly: true`', disruption: 'possible'},
  references: {
    podSecurity: {level: 'baseline', control: 'HostPath Volumes'},
    cis: ['5.2.11'],
    kubescape: ['C-0045', 'C-0048'],
    nist: ['SC-7', 'SA-8', 'CM-3', 'CM-6', 'CM-7', 'AC-4', 'AC-16', 'SI-7'],
    mitre: ['T1611'],
  },
  *checkPod(pod) {
    for (const {name, text, place, path} of hostPathVolumesOf(pod)) {
      if (!sensitiveFolders.some(folder => touches(place, folder))) continue;
      yield {
        path,
        message: `the volume "${name}" shows the pod the sensitive folder "${text}" of its node`,
      };
      for (const {mount, path: mountPath, container} of mountsOf(pod, name)) {
        if (mount['readOnly'] === true) continue;
        yield {
          path: [...mountPath, 'readOnly'],
          container,
          message: `container "${container}" may write to "${text}" of its node: whoever breaks into it owns the node`,
          edits: [set([...mountPath, 'readOnly'], true)],
        };
      }
    }
  },
};
