import {asList, asMap, type Json, type JsonMap, type Path} from '../json.ts';
import {selectsLabels} from './label-selector.ts';
import type {GroupKind, Resource} from './resource.ts';

/** OpenShift also serves the kinds of RBAC in its own group. */
const groups = ['rbac.authorization.k8s.io', 'authorization.openshift.io'];

export const roleKinds = ['Role', 'ClusterRole'] as const;
export const bindingKinds = ['RoleBinding', 'ClusterRoleBinding'] as const;

const isRole = ({kind, group}: GroupKind): boolean =>
  (kind === 'Role' || kind === 'ClusterRole') && groups.includes(group);

export const isBinding = ({kind, group}: GroupKind): boolean =>
  (kind === 'RoleBinding' || kind === 'ClusterRoleBinding') && groups.includes(group);

/** One item of a role's `rules`. */
export interface Grant {
  readonly value: JsonMap;
  readonly path: Path;
}

/** The grants of a Role or ClusterRole; none for other objects. */
export function* grantsOf(resource: Resource): Iterable<Grant> {
  if (!isRole(resource)) return;
  for (const [index, item] of asList(resource.value['rules']).entries()) {
    const value = asMap(item);
    if (value !== undefined) yield {value, path: ['rules', index]};
  }
}

/** Whether a grant names one of `wanted` in `field`, or `*` for all. */
export function includesAny(
  {value}: Grant,
  field: 'apiGroups' | 'resources' | 'verbs',
  wanted: readonly string[],
): boolean {
  const list = asList(value[field]);
  return list.includes('*') || wanted.some(each => list.includes(each));
}

/**
 * Whether a grant applies only to named objects. `create` has no name to compare, except for
 * subresources, where it is the name of the object.
 */
export const isNamed = ({value}: Grant): boolean => asList(value['resourceNames']).length > 0;

/**
 * The labels of `system:aggregate-to-edit`, which can read secrets, exec and forward ports; and
 * those of `edit` itself, which `admin` aggregates.
 */
export const editLabels = ['aggregate-to-edit', 'aggregate-to-admin'].map(name => ({
  'kubernetes.io/bootstrapping': 'rbac-defaults',
  [`rbac.authorization.k8s.io/${name}`]: 'true',
}));

/** The labels of the built-in role `cluster-admin`, which can do anything. */
export const administratorLabels = [{'kubernetes.io/bootstrapping': 'rbac-defaults'}];

interface AggregationSelector {
  readonly selector: Json | undefined;
  readonly path: Path;
}

/** The selectors of an aggregated ClusterRole; none for other objects. */
export function aggregationSelectorsOf(resource: Resource): readonly AggregationSelector[] {
  if (resource.kind !== 'ClusterRole' || !isRole(resource)) return [];
  const selectors = asList(asMap(resource.value['aggregationRule'])?.['clusterRoleSelectors']);
  return [...selectors.entries()].map(([index, selector]) => ({
    selector,
    path: ['aggregationRule', 'clusterRoleSelectors', index],
  }));
}

/**
 * The selectors of an aggregated ClusterRole that include the grants of the built-in role `edit`.
 * Other roles in the stream that it aggregates are checked themselves.
 */
export const selectorsOfEdit = (resource: Resource): readonly Path[] =>
  selectorsOf(resource, editLabels);

/** The same for the built-in role `cluster-admin`. */
export const selectorsOfAdministrators = (resource: Resource): readonly Path[] =>
  selectorsOf(resource, administratorLabels);

const selectorsOf = (resource: Resource, labels: readonly JsonMap[]): readonly Path[] =>
  aggregationSelectorsOf(resource)
    .filter(({selector}) => labels.some(each => selectsLabels(selector, each)))
    .map(({path}) => path);
