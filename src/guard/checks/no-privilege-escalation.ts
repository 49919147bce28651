import type {Check} from '../language/check.ts';
import {linuxOnly} from './linux-only.ts';
import {addsSysAdmin} from './no-sys-admin.ts';

const isAllowed = 'c.?securityContext.?allowPrivilegeEscalation.orValue(true)';
const isNeeded = `(c.?securityContext.?privileged.orValue(false) || ${addsSysAdmin})`;

const check = {
  rule: 'no-privilege-escalation',
  subject: 'container',
} as const satisfies Partial<Check>;

export const noPrivilegeEscalation: readonly Check[] = [
  ...linuxOnly({
    ...check,
    name: 'escalating',
    finds: `${isAllowed} && !${isNeeded}`,
    takes: 'c.?securityContext.?allowPrivilegeEscalation.orValue(false)',
    outcome: 'rewritten',
  }),
  // The API server refuses `false` together with a setting that needs it.
  ...linuxOnly({
    ...check,
    name: 'escalatingByNeed',
    finds: `${isAllowed} && ${isNeeded}`,
    outcome: 'flagged',
  }),
];
