import {asMap, asString, isList} from '../json.ts';
import type {Rule} from './rule.ts';

const allowed = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
];

/**
 * Restricted field: pod `spec.volumes[*]`: must have no source except those in the list. The API
 * server treats a volume without a source as an emptyDir.
 *
 * There is no rewrite: only the owner knows which claim could replace a share. no-host-path also
 * covers hostPath volumes, and removes them.
 */
export const restrictedVolumes: Rule = {
  id: 'restricted-volumes',
  title: 'Pods must mount storage through claims',
  severity: 'medium',
  remedy: 'Mount storage through a PersistentVolumeClaim instead of naming the server or disk.',
  rationale:
    'A volume that names a server or disk bypasses what the storage administrator allows, and can mount whatever the node can reach.',
  references: {
    podSecurity: {level: 'restricted', control: 'Volume Types'},
    nist: ['SC-7', 'SA-8', 'CM-3', 'CM-6', 'CM-7'],
  },
  *checkPod({value, path}) {
    const volumes = value['volumes'];
    if (!isList(volumes)) return;
    for (const [index, item] of volumes.entries()) {
      const volume = asMap(item);
      if (volume === undefined) continue;
      for (const source of Object.keys(volume)) {
        if (source === 'name' || allowed.includes(source) || volume[source] === null) continue;
        yield {
          path: [...path, 'volumes', index, source],
          message: `the volume "${asString(volume['name']) ?? ''}" must not be of type \`${source}\`: it bypasses the storage classes of the cluster`,
        };
      }
    }
  },
};
