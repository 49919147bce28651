import {asList, asMap, type JsonMap, type Path} from '../json.ts';
import {selectsLabels} from './label-selector.ts';
import type {GroupKind, Resource} from './resource.ts';

/** OpenShift serves RBAC's kinds in a group of its own as well. */
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

/** What a Role or a ClusterRole grants; nothing for any other object. */
export function* grantsOf(resource: Resource): Iterable<Grant> {
  if (!isRole(resource)) return;
  for (const [index, item] of asList(resource.value['rules']).entries()) {
    const value = asMap(item);
    if (value !== undefined) yield {value, path: ['rules', index]};
  }
}

/** Whether a grant names one of `wanted` in `field`, or `*`, which stands for all. */
export function includesAny(
  {value}: Grant,
  field: 'apiGroups' | 'resources' | 'verbs',
  wanted: readonly string[],
): boolean {
  const list = asList(value[field]);
  return list.includes('*') || wanted.some(each => list.includes(each));
}

/**
 * Whether a grant holds for named objects only. `create` has no name to compare, but for
 * subresources: there the name is the object's.
 */
export const isNamed = ({value}: Grant): boolean => asList(value['resourceNames']).length > 0;

/**
 * The labels of `system:aggregate-to-edit`, which reads secrets, executes and forwards ports; and
 * those of `edit` itself, which `admin` aggregates.
 */
export const editLabels = ['aggregate-to-edit', 'aggregate-to-admin'].map(name => ({
  'kubernetes.io/bootstrapping': 'rbac-defaults',
  [`rbac.authorization.k8s.io/${name}`]: 'true',
}));

/**
 * The selectors of an aggregated ClusterRole that bring in what the built-in role `edit` grants.
 * Whatever else such a role aggregates in the stream is checked where it stands.
 */
export function* selectorsOfEdit(resource: Resource): Iterable<Path> {
  if (resource.kind !== 'ClusterRole' || !isRole(resource)) return;
  const selectors = asList(asMap(resource.value['aggregationRule'])?.['clusterRoleSelectors']);
  for (const [index, selector] of selectors.entries()) {
    if (!editLabels.some(labels => selectsLabels(selector, labels))) continue;
    yield ['aggregationRule', 'clusterRoleSelectors', index];
  }
}
