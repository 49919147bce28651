import type {Check} from '../language/check.ts';

export const noHostPath: Check = {
  rule: 'no-host-path',
  name: 'hostPathVolumes',
  subject: 'volume',
  finds: 'has(v.hostPath)',
  message: 'mount no folder of the node, but a claim, a ConfigMap or an emptyDir, in volumes',
  outcome: 'rewritten',
};
