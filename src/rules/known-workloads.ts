import {podPatchesIn, unknownPodsIn} from '../kubernetes/unknown-pods.ts';
import type {Rule} from './rule.ts';

/**
 * Restricted: objects of kinds in whose pods no rule looks, since neither kube-harden nor the
 * policy knows where the kind holds them; and `podSpecPatch` of Argo's workflows.
 */
export const knownWorkloads: Rule = {
  id: 'known-workloads',
  title: 'Pods must lie where rules look for them',
  severity: 'low',
  remedy:
    'Declare under `workloads` in the policy where this kind holds its pods, or review the object by hand.',
  rationale:
    'What is privileged in the pods of a kind that nobody declared is neither rewritten nor reported: it looks like a clean release.',
  references: {},
  kinds: 'custom',
  *checkResource(resource, {policy}) {
    for (const {path, place, holds} of unknownPodsIn(resource, policy.workloads)) {
      const more = holds === 'template' ? '' : `, holds: ${holds}`;
      yield {
        path,
        message: `no rule looks into these pods: add the kind under \`workloads\` in the policy, with \`path: "${place}"${more}\``,
      };
    }
    for (const path of podPatchesIn(resource)) {
      yield {
        path,
        severity: 'high',
        message:
          '`podSpecPatch` is a text that is merged into the pods when they are made, and no rule reads it: it may take any privilege',
      };
    }
  },
};
