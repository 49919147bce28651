import {safeSysctlsAt} from '../../rules/no-unsafe-sysctls.ts';
import {celList} from '../language/cel.ts';
import type {Check} from '../language/check.ts';

export const noUnsafeSysctls: Check = {
  rule: 'no-unsafe-sysctls',
  name: 'unsafeSysctls',
  subject: 'sysctl',
  finds: minor => `!(s.name in ${celList(safeSysctlsAt(minor))}) || s.value.contains('+')`,
  outcome: 'rewritten',
};
