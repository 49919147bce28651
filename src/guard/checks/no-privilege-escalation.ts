import type {Check} from '../check.ts';
import {addsSysAdmin} from './no-sys-admin.ts';

const isAllowed =
  "variables.pod.?os.?name.orValue('') != 'windows' && c.?securityContext.?allowPrivilegeEscalation.orValue(true)";
const isNeeded = `(c.?securityContext.?privileged.orValue(false) || ${addsSysAdmin})`;

const check = {
  rule: 'no-privilege-escalation',
  subject: 'container',
  message: 'set `allowPrivilegeEscalation: false` in containers',
  applies: ({podSecurityMinor}) => podSecurityMinor >= 8,
} as const satisfies Partial<Check>;

export const noPrivilegeEscalation: Check = {
  ...check,
  name: 'escalating',
  finds: `${isAllowed} && !${isNeeded}`,
  outcome: 'rewritten',
};

/** The API server refuses `false` beside what needs it. */
export const noNeededPrivilegeEscalation: Check = {
  ...check,
  name: 'escalatingByNeed',
  finds: `${isAllowed} && ${isNeeded}`,
  outcome: 'flagged',
};
