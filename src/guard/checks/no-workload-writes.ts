import {workloadWrites} from '../../rules/no-workload-writes.ts';
import type {Check} from '../language/check.ts';
import {grantsRight, roleCheck} from './role-grants.ts';

export const noWorkloadWrites: readonly Check[] = workloadWrites.map((right, index) => ({
  ...roleCheck,
  rule: 'no-workload-writes',
  name: `workloadWrites${index + 1}`,
  finds: grantsRight(right),
  outcome: 'flagged',
}));
