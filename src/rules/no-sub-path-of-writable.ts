import {asList, asMap, asString} from '../json.ts';
import type {PodSpec} from '../kubernetes/pod-spec.ts';
import type {Rule} from './rule.ts';

/**
 * Restricted field: `volumeMounts[*].subPath` and `subPathExpr`, in containers, init and ephemeral
 * containers, of a volume that any container of the pod can write: must be absent. Volumes that
 * only Kubernetes fills, such as a ConfigMap, are exempt.
 */
export const noSubPathOfWritable: Rule = {
  id: 'no-sub-path-of-writable',
  title: 'Folders that containers can write must not be mounted by a sub-path',
  severity: 'low',
  remedy: 'Mount the whole volume, or a volume of its own for each folder.',
  rationale:
    'The kubelet follows the path on the node while a container may replace a folder in it with a symbolic link: on kubelets without the fixes, the mount then shows any file of the node (CVE-2017-1002101, CVE-2021-25741).',
  references: {kubescape: ['C-0058'], mitre: ['T1611']},
  *checkPod(pod) {
    const writable = writableVolumesOf(pod);
    if (writable.size === 0) return;
    for (const {name, value, path} of pod.containers) {
      for (const [index, item] of asList(value['volumeMounts']).entries()) {
        const mount = asMap(item);
        const volume = asString(mount?.['name']) ?? '';
        const field = ['subPath', 'subPathExpr'].find(
          each => (asString(mount?.[each]) ?? '') !== '',
        );
        if (field === undefined || !writable.has(volume)) continue;
        yield {
          path: [...path, 'volumeMounts', index, field],
          container: name,
          message: `\`${field}\` leads into the volume "${volume}", which a container of the pod can write: it can put a symbolic link there that leads to the node`,
        };
      }
    }
  },
};

/** The volumes that some container mounts for writing. */
function writableVolumesOf({value, containers}: PodSpec): ReadonlySet<string> {
  const filled = new Set(
    asList(value['volumes'])
      .map(asMap)
      .filter(volume => volume !== undefined && readOnlySources.some(each => each in volume))
      .map(volume => asString(volume?.['name']) ?? ''),
  );
  const mounts = containers.flatMap(container =>
    asList(container.value['volumeMounts']).map(item => asMap(item)),
  );
  return new Set(
    mounts
      .filter(mount => mount?.['readOnly'] !== true)
      .map(mount => asString(mount?.['name']) ?? '')
      .filter(name => name !== '' && !filled.has(name)),
  );
}

const readOnlySources = ['configMap', 'downwardAPI', 'image', 'projected', 'secret'];
