import type {Check} from '../language/check.ts';

/**
 * The sources that volumes of core/v1 have besides those that the standard allows. CEL knows no
 * list of an object's fields.
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
