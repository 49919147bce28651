import type {Check} from '../language/check.ts';

const hostProcess = '?securityContext.?windowsOptions.?hostProcess.orValue(false)';

/**
 * CEL: the API server accepts HostProcess containers, which are processes of a Windows node, only
 * in this form.
 */
export const isHostProcess = `variables.pod.${hostProcess} || variables.containers.exists(c, c.${hostProcess})`;

export const noHostProcess: Check = {
  rule: 'no-host-process',
  name: 'hostProcess',
  subject: 'pod',
  finds: isHostProcess,
  outcome: 'rewritten',
};
