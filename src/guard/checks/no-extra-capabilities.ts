import {defaultCapabilities} from '../../rules/no-extra-capabilities.ts';
import {celList} from '../language/cel.ts';
import type {Check} from '../language/check.ts';

export const noExtraCapabilities: Check = {
  rule: 'no-extra-capabilities',
  name: 'extraCapabilities',
  subject: 'container',
  finds: `c.?securityContext.?capabilities.?add.orValue([]).exists(a, !(a in ${celList([...defaultCapabilities])}))`,
  outcome: 'rewritten',
};
