import {valueAt} from '../json.ts';
import {LabelIndex} from './label-index.ts';
import {labelsIn} from './label-selector.ts';
import {NameIndex} from './name-index.ts';
import {aggregationSelectorsOf, selectorsOfAdministrators} from './rbac.ts';
import type {Resource} from './resource.ts';
import type {StreamIndex} from './stream-index.ts';

/**
 * The ClusterRoles of the stream that aggregate the built-in role `cluster-admin`, also through
 * other such roles, by their names.
 */
export function administratorRoles(stream: StreamIndex): NameIndex<Resource> {
  const roles = stream
    .ofKind('ClusterRole')
    .filter(role => aggregationSelectorsOf(role).length > 0);
  const found = new Set(roles.filter(role => selectorsOfAdministrators(role).length > 0));
  if (found.size > 0) {
    const aggregators = aggregatorsOf(
      roles.filter(role => !found.has(role)),
      roles,
    );
    // A set also iterates over what is added meanwhile.
    for (const role of found) for (const each of aggregators.get(role) ?? []) found.add(each);
  }
  const names = new NameIndex<Resource>();
  for (const role of found) names.addResource(role, role);
  return names;
}

/** For each of `roles` that others aggregate: those of `aggregating` that do. */
function aggregatorsOf(
  aggregating: readonly Resource[],
  roles: readonly Resource[],
): ReadonlyMap<Resource, readonly Resource[]> {
  const index = new LabelIndex(
    roles.map(resource => ({
      resource,
      labels: labelsIn(valueAt(resource.value, ['metadata', 'labels'])),
    })),
  );
  const aggregators = new Map<Resource, Resource[]>();
  for (const role of aggregating) {
    for (const {selector} of aggregationSelectorsOf(role)) {
      for (const {resource} of index.select(selector, undefined)) {
        const known = aggregators.get(resource);
        if (known === undefined) aggregators.set(resource, [role]);
        else known.push(role);
      }
    }
  }
  return aggregators;
}
