import {sensitiveFolders, windowsFolders} from '../../kubernetes/host-path.ts';
import type {Check} from '../language/check.ts';
import {placeOf, spellingsOf, touchesAny} from './host-path.ts';

const folders = [...sensitiveFolders.flatMap(spellingsOf), ...windowsFolders];

const isSensitive = touchesAny(folders);

export const noSensitiveHostPath: Check = {
  rule: 'no-sensitive-host-path',
  name: 'sensitiveVolumes',
  subject: 'hostPath',
  finds: isSensitive,
  outcome: 'flagged',
};

export const noSensitiveMount: Check = {
  rule: 'no-sensitive-host-path',
  name: 'sensitiveMounts',
  subject: 'container',
  variables: {
    sensitiveNames: `variables.hostPaths.filter(h, ${isSensitive}).map(h, h.name)`,
  },
  finds:
    'c.?volumeMounts.orValue([]).exists(m, m.name in variables.sensitiveNames && !m.?readOnly.orValue(false))',
  remedy: 'Set `readOnly: true` on mounts of sensitive host folders.',
  outcome: 'rewritten',
};

/** A claim can mount this without any check of the pod. */
export const noSensitivePersistentVolume: Check = {
  rule: 'no-sensitive-host-path',
  name: 'sensitivePersistentVolume',
  subject: 'persistentVolume',
  finds: `[object.spec.?hostPath.?path, object.spec.?local.?path].exists(p, p.optMap(t, {'place': ${placeOf('t')}}).optMap(h, ${isSensitive}).orValue(false))`,
  remedy: 'Do not create a PersistentVolume for a sensitive host folder.',
  outcome: 'flagged',
};
