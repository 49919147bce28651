import type {Check} from '../language/check.ts';

/**
 * CEL: whether a container `c` adds SYS_ADMIN, in any spelling, or ALL. Runtimes convert names to
 * upper case as Go does: "\u017f" becomes S, "\u0131" becomes I.
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
