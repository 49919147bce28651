import {wildcards} from '../../rules/no-wildcard-rbac.ts';
import {celString} from '../language/cel.ts';
import type {Check} from '../language/check.ts';
import {roleCheck} from './role-grants.ts';

const lists = wildcards.map(
  ({field, wildcard}) =>
    `r.?${field}.orValue([]).exists(w, w.matches(${celString(wildcard.source)}))`,
);

export const noWildcardRbac: Check = {
  ...roleCheck,
  rule: 'no-wildcard-rbac',
  name: 'wildcards',
  finds: `variables.rules.exists(r, ${lists.join(' || ')})`,
  outcome: 'flagged',
};
