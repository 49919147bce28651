import type {Check} from '../language/check.ts';

export const noHostPath: Check = {
  rule: 'no-host-path',
  name: 'hostPathVolumes',
  subject: 'volume',
  finds: 'has(v.hostPath)',
  outcome: 'rewritten',
};
