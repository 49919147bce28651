import type {Check} from '../language/check.ts';

/**
 * CEL, of a container `c`: whether it adds SYS_ADMIN, in any spelling, or ALL. Runtimes write in capitals what they
 * read, as Go does: of "\u017f" it makes an S, of "\u0131" an I.
 */
export const addsSysAdmin =
  "c.?securityContext.?capabilities.?add.orValue([]).exists(a, a.matches('(?i)^(cap_)?(sys_adm[i\u0131]n|all)$'))";

export const noSysAdmin: Check = {
  rule: 'no-sys-admin',
  name: 'sysAdmins',
  subject: 'container',
  finds: addsSysAdmin,
  outcome: 'rewritten',
};
