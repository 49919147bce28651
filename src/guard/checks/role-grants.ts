import {administratorLabels, editLabels} from '../../kubernetes/rbac.ts';
import type {RiskyRight} from '../../rules/risky-rights.ts';
import {celAnd, celList, celMap} from '../language/cel.ts';
import type {Check} from '../language/check.ts';

type Field = 'apiGroups' | 'resources' | 'verbs';

/** CEL: whether a rule `r` of the role meets all `conditions`. */
export const grants = (...conditions: readonly string[]): string =>
  `variables.rules.exists(r, ${celAnd(conditions)})`;

/** CEL: whether a list of a rule `r` names one of `wanted`. */
export const names = (field: Field, wanted: readonly string[]): string =>
  `r.?${field}.orValue([]).exists(g, g in ${celList(wanted)})`;

/** CEL: whether a list of a rule `r` names one of `wanted`, or `*` for all. */
export const includes = (field: Field, wanted: readonly string[]): string =>
  names(field, [...wanted, '*']);

/** CEL: whether a rule `r` applies to objects of any name. */
export const isUnnamed = 'r.?resourceNames.orValue([]).size() == 0';

/** RBAC has one more wildcard: a subresource of all resources. */
const wildcardOf = (name: string): string => name.replace(/^.*(?=\/)/, '*');

/** Each thing that can be impersonated besides names is a subresource. */
const holdsExtras = "r.?resources.orValue([]).exists(s, s.startsWith('userextras/'))";

/** CEL: whether the role grants a right. */
export function grantsRight(right: RiskyRight): string {
  const {groups, resources, verbs, ifNamed, isClusterScoped} = right;
  const names = [...new Set(resources.flatMap(name => [name, wildcardOf(name)]))];
  const isHeld = resources.includes('userextras')
    ? `(${includes('resources', names)} || ${holdsExtras})`
    : includes('resources', names);
  const conditions = [includes('apiGroups', groups), isHeld, includes('verbs', verbs)];
  const finds = grants(...conditions, ...(ifNamed === undefined ? [isUnnamed] : []));
  return isClusterScoped ? `object.kind == 'ClusterRole' && ${finds}` : finds;
}

const isListed = 'e.key in l && l[e.key] in e.?values.orValue([])';
const holds = `e.operator == 'In' ? ${isListed} : e.operator == 'NotIn' ? !(${isListed}) : e.operator == 'Exists' ? e.key in l : e.operator == 'DoesNotExist' && !(e.key in l)`;

/** CEL: whether the aggregated role includes what a role with some of `labels` grants. */
const aggregates = (labels: readonly Readonly<Record<string, string>>[]): string =>
  `variables.selectors.exists(s, [${labels.map(celMap).join(', ')}].exists(l, s.?matchLabels.orValue({}).all(k, k in l && l[k] == s.matchLabels[k]) && s.?matchExpressions.orValue([]).all(e, ${holds})))`;

/** CEL: whether the aggregated role includes what the built-in role `edit` grants. */
export const aggregatesEdit = aggregates(editLabels);

/** CEL: the same for the built-in role `cluster-admin`. */
export const aggregatesAdministrators = aggregates(administratorLabels);

/**
 * What checks of roles share. A Role without rules has null there, and a Role is never aggregated.
 */
export const roleCheck = {
  subject: 'role',
  variables: {
    rules: 'has(object.rules) && type(object.rules) == list ? object.rules : []',
    selectors: 'dyn(object).?aggregationRule.?clusterRoleSelectors.orValue([])',
  },
} as const satisfies Partial<Check>;
