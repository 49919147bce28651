import {asList} from '../json.ts';
import {NameIndex} from './name-index.ts';
import {type Grant, grantsOf, isNamed, selectorsOfAdministrators} from './rbac.ts';
import type {Resource} from './resource.ts';
import type {StreamIndex} from './stream-index.ts';

/** Why a role can do anything. */
type Reason = 'everything' | 'aggregation';

/**
 * Why roles of the stream can do anything, by their kind and name (`ClusterRole/a`): they grant
 * every verb on every resource of every group, or aggregate a ClusterRole that does, also through
 * others. The built-in `cluster-admin` is one.
 */
export function administratorRoles(stream: StreamIndex): NameIndex<Reason> {
  const names = new NameIndex<Reason>();
  for (const role of stream.ofKind('Role').filter(grantsEverything)) {
    names.addResource(role, 'everything', 'Role/');
  }
  const clusterRoles = stream.ofKind('ClusterRole');
  const first = clusterRoles.filter(
    role => grantsEverything(role) || selectorsOfAdministrators(role).length > 0,
  );
  if (first.length === 0) return names;
  for (const role of stream.roleAggregation.withAggregatorsOf(first)) {
    const because = grantsEverything(role) ? 'everything' : 'aggregation';
    names.addResource(role, because, 'ClusterRole/');
  }
  return names;
}

const grantsEverything = (role: Resource): boolean => [...grantsOf(role)].some(isUnlimited);

const isUnlimited = (grant: Grant): boolean =>
  !isNamed(grant) &&
  ['apiGroups', 'resources', 'verbs'].every(field => asList(grant.value[field]).includes('*'));
