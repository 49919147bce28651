import {linuxOnly} from './linux-only.ts';

const has = (holder: string): string => `${holder}.?securityContext.?seccompProfile.hasValue()`;

export const requireSeccomp = linuxOnly({
  rule: 'require-seccomp',
  name: 'withoutSeccomp',
  subject: 'container',
  isOfPod: true,
  finds: `!${has('variables.pod')} && !${has('c')}`,
  outcome: 'rewritten',
});
