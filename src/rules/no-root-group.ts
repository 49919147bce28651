import {asList, asMap} from '../json.ts';
import {isRelaxedByUserNamespace} from '../kubernetes/pod-platform.ts';
import type {Rule} from './rule.ts';

/**
 * Restricted fields: `securityContext.runAsGroup` of the pod, of containers, init and ephemeral
 * containers, and `securityContext.fsGroup` of the pod: must not be 0;
 * `securityContext.supplementalGroups` of the pod: must not contain 0.
 *
 * Only flagged: images are also built for a group, and those for OpenShift for group 0. Without a
 * group, that of the image applies. Pods with `hostUsers: false` are exempt, as from no-root.
 */
export const noRootGroup: Rule = {
  id: 'no-root-group',
  title: 'Containers must not request the root group',
  severity: 'low',
  remedy:
    'Set `runAsGroup`, `fsGroup` and `supplementalGroups` to groups other than 0 that the image can work with.',
  rationale:
    'Files on nodes and volumes often belong to the group root, and are open to every user in that group.',
  references: {kubescape: ['C-0013']},
  *checkPod(pod, {policy}) {
    if (isRelaxedByUserNamespace(pod, policy.podSecurityMinor)) return;
    const context = asMap(pod.value['securityContext']);
    const path = [...pod.path, 'securityContext'];
    for (const field of ['runAsGroup', 'fsGroup']) {
      if (context?.[field] !== 0) continue;
      yield {
        path: [...path, field],
        message: `\`${field}: 0\` ${puts('the containers of the pod')}`,
      };
    }
    for (const [index, group] of asList(context?.['supplementalGroups']).entries()) {
      if (group !== 0) continue;
      const message = `\`supplementalGroups\` with 0 ${puts('the containers of the pod')}`;
      yield {path: [...path, 'supplementalGroups', index], message};
    }
  },
  *checkContainer({value, path, name}, pod, {policy}) {
    if (asMap(value['securityContext'])?.['runAsGroup'] !== 0) return;
    if (isRelaxedByUserNamespace(pod, policy.podSecurityMinor)) return;
    yield {
      path: [...path, 'securityContext', 'runAsGroup'],
      container: name,
      message: `\`runAsGroup: 0\` ${puts(`container "${name}"`)}`,
    };
  },
};

const puts = (whom: string): string =>
  `puts ${whom} into the root group: it gets access to the files of that group on volumes and on the node`;
