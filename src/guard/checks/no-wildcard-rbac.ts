import {wildcards} from '../../rules/no-wildcard-rbac.ts';
import {celString} from '../language/cel.ts';
import type {Check} from '../language/check.ts';
import {aggregatesAdministrators, roleCheck} from './role-grants.ts';

const lists = wildcards.map(
  ({field, wildcard}) =>
    `r.?${field}.orValue([]).exists(w, w.matches(${celString(wildcard.source)}))`,
);

const check = {
  ...roleCheck,
  rule: 'no-wildcard-rbac',
  outcome: 'flagged',
} as const satisfies Partial<Check>;

export const noWildcardRbac: readonly Check[] = [
  {
    ...check,
    name: 'wildcards',
    finds: `variables.rules.exists(r, ${lists.join(' || ')})`,
  },
  {
    ...check,
    name: 'administersByAggregation',
    finds: aggregatesAdministrators,
    remedy: 'Do not aggregate the built-in role `cluster-admin`, which can do anything.',
  },
];
