import type {Check} from '../language/check.ts';

export const noSharedProcesses: Check = {
  rule: 'no-shared-processes',
  name: 'sharedProcesses',
  subject: 'pod',
  finds: 'variables.pod.?shareProcessNamespace.orValue(false)',
  outcome: 'flagged',
};
