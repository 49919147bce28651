import {asList, textOf} from '../json.ts';
import {podResources} from '../kubernetes/admission-rules.ts';
import {roleKinds} from '../kubernetes/rbac.ts';
import {grantedIn, type RiskyRight} from './risky-rights.ts';
import type {Rule} from './rule.ts';

const verbs = ['create', 'update', 'patch'];

export const workloadWrites: readonly RiskyRight[] = [
  ...Object.entries(podResources).map(([group, resources]) => ({
    groups: [group],
    resources,
    verbs,
    gain: 'can run any container, as any account of the namespace',
  })),
  {
    groups: [''],
    resources: ['persistentvolumes'],
    verbs,
    gain: 'can mount any file of a node',
    isClusterScoped: true,
  },
];

/**
 * Restricted grants, in the `rules` of Roles and ClusterRoles: `create`, `update` and `patch` on pods, their
 * controllers and PersistentVolumes, unless `resourceNames` limits them. Operators need them.
 */
export const noWorkloadWrites: Rule = {
  id: 'no-workload-writes',
  title: 'Roles must not create or change workloads',
  severity: 'medium',
  remedy:
    'Remove the right from the role, limit it with `resourceNames`, or allow it with an exception if the account belongs to an operator.',
  rationale:
    'Whoever creates a pod runs it as any account of the namespace and with any of its secrets; a PersistentVolume can mount the files of a node. What such an account creates never passes through kube-harden.',
  references: {cis: ['5.1.4', '5.1.9']},
  kinds: roleKinds,
  *checkResource(resource) {
    for (const {right, grant, verb} of grantedIn(resource, workloadWrites)) {
      const names = asList(grant.value['resources']).map(textOf);
      const at = names.findIndex(name => name === '*' || right.resources.includes(name));
      yield {
        path: [...grant.path, 'resources', at],
        message: `"${verb}" on \`${names[at]}\`: the account ${right.gain}`,
      };
    }
  },
};
