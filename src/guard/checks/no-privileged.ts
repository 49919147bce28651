import type {Check} from '../language/check.ts';

export const noPrivileged: Check = {
  rule: 'no-privileged',
  name: 'privileged',
  subject: 'container',
  finds: 'c.?securityContext.?privileged.orValue(false)',
  outcome: 'rewritten',
};
