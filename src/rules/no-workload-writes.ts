import {asList, textOf} from '../json.ts';
import {podResources} from '../kubernetes/admission-rules.ts';
import {grantsOf, includesAny, isNamed, roleKinds} from '../kubernetes/rbac.ts';
import type {Rule} from './rule.ts';

/** Resources of which whoever may write them gains something. */
interface WorkloadWrite {
  readonly groups: readonly string[];
  readonly resources: readonly string[];
  readonly gain: string;
  /** Whether a Role, which applies in one namespace, grants nothing on them. */
  readonly isClusterScoped?: true;
}

export const workloadWrites: readonly WorkloadWrite[] = [
  ...Object.entries(podResources).map(([group, resources]) => ({
    groups: [group],
    resources,
    gain: 'can run any container, as any account of the namespace',
  })),
  {
    groups: [''],
    resources: ['persistentvolumes'],
    gain: 'can mount any file of a node',
    isClusterScoped: true,
  },
];
export const workloadVerbs = ['create', 'update', 'patch'] as const;

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
    for (const grant of grantsOf(resource)) {
      if (isNamed(grant)) continue;
      for (const {groups, resources, gain, isClusterScoped} of workloadWrites) {
        if (isClusterScoped && resource.kind === 'Role') continue;
        const isGranted =
          includesAny(grant, 'apiGroups', groups) &&
          includesAny(grant, 'resources', resources) &&
          includesAny(grant, 'verbs', workloadVerbs);
        if (!isGranted) continue;
        const names = asList(grant.value['resources']).map(textOf);
        const at = names.findIndex(name => name === '*' || resources.includes(name));
        const verbs = asList(grant.value['verbs']).map(textOf);
        const verb = verbs.find(each => each === '*' || workloadVerbs.some(one => one === each));
        yield {
          path: [...grant.path, 'resources', at],
          message: `"${verb}" on \`${names[at]}\`: the account ${gain}`,
        };
      }
    }
  },
};
