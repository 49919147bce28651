import {workloadVerbs, workloadWrites} from '../../rules/no-workload-writes.ts';
import type {Check} from '../language/check.ts';
import {grants, includes, isUnnamed, roleCheck} from './role-grants.ts';

export const noWorkloadWrites: readonly Check[] = workloadWrites.map(
  ({groups, resources, isClusterScoped}, index) => {
    const finds = grants(
      includes('apiGroups', groups),
      includes('resources', resources),
      includes('verbs', workloadVerbs),
      isUnnamed,
    );
    return {
      ...roleCheck,
      rule: 'no-workload-writes',
      name: `workloadWrites${index + 1}`,
      finds: isClusterScoped ? `object.kind == 'ClusterRole' && ${finds}` : finds,
      outcome: 'flagged',
    };
  },
);
