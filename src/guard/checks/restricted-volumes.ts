import type {Check} from '../language/check.ts';

/**
 * The volume sources of core/v1 that the standard does not allow. CEL cannot list the fields of an
 * object.
 */
const sources = [
  'awsElasticBlockStore',
  'azureDisk',
  'azureFile',
  'cephfs',
  'cinder',
  'fc',
  'flexVolume',
  'flocker',
  'gcePersistentDisk',
  'gitRepo',
  'glusterfs',
  'hostPath',
  'iscsi',
  'nfs',
  'photonPersistentDisk',
  'portworxVolume',
  'quobyte',
  'rbd',
  'scaleIO',
  'storageos',
  'vsphereVolume',
];

export const restrictedVolumes: Check = {
  rule: 'restricted-volumes',
  name: 'restrictedVolumes',
  subject: 'volume',
  finds: sources.map(source => `has(v.${source})`).join(' || '),
  outcome: 'flagged',
};
