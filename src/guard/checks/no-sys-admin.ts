import type {Check} from '../language/check.ts';

/** CEL, of a container `c`: whether it adds SYS_ADMIN, in any spelling, or ALL. */
export const addsSysAdmin =
  "c.?securityContext.?capabilities.?add.orValue([]).exists(a, a.upperAscii() in ['SYS_ADMIN', 'CAP_SYS_ADMIN', 'ALL', 'CAP_ALL'])";

export const noSysAdmin: Check = {
  rule: 'no-sys-admin',
  name: 'sysAdmins',
  subject: 'container',
  finds: addsSysAdmin,
  outcome: 'rewritten',
};
