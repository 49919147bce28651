import {editLabels} from '../../kubernetes/rbac.ts';
import {celAnd, celList, celMap} from '../language/cel.ts';
import type {Check} from '../language/check.ts';

type Field = 'apiGroups' | 'resources' | 'verbs';

/** CEL: whether a rule of the role, `r`, fulfils all of `conditions`. */
export const grants = (...conditions: readonly string[]): string =>
  `variables.rules.exists(r, ${celAnd(conditions)})`;

/** CEL, of a rule `r`: whether a list of it names one of `wanted`. */
export const names = (field: Field, wanted: readonly string[]): string =>
  `r.?${field}.orValue([]).exists(g, g in ${celList(wanted)})`;

/** CEL, of a rule `r`: whether a list of it names one of `wanted`, or `*`, which stands for all. */
export const includes = (field: Field, wanted: readonly string[]): string =>
  names(field, [...wanted, '*']);

/** CEL, of a rule `r`: whether it holds for objects of any name. */
export const isUnnamed = 'r.?resourceNames.orValue([]).size() == 0';

const isListed = 'e.key in l && l[e.key] in e.?values.orValue([])';
const holds = `e.operator == 'In' ? ${isListed} : e.operator == 'NotIn' ? !(${isListed}) : e.operator == 'Exists' ? e.key in l : e.operator == 'DoesNotExist' && !(e.key in l)`;

/** CEL: whether the role, aggregated of others, brings in what the built-in role `edit` grants. */
export const aggregatesEdit = `variables.selectors.exists(s, [${editLabels.map(celMap).join(', ')}].exists(l, s.?matchLabels.orValue({}).all(k, k in l && l[k] == s.matchLabels[k]) && s.?matchExpressions.orValue([]).all(e, ${holds})))`;

/** What checks of roles share. A Role without rules has null there, and none is aggregated. */
export const roleCheck = {
  subject: 'role',
  variables: {
    rules: 'has(object.rules) && type(object.rules) == list ? object.rules : []',
    selectors: 'dyn(object).?aggregationRule.?clusterRoleSelectors.orValue([])',
  },
} as const satisfies Partial<Check>;
