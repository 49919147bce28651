import {asList, asMap, asString} from '../json.ts';
import type {Resource} from './resource.ts';

/** The service accounts that a subject of a binding stands for. A missing namespace is that of the release. */
export type BoundAccounts =
  | {readonly are: 'all'}
  | {readonly are: 'all of a namespace'; readonly namespace: string}
  | {readonly are: 'one'; readonly name: string; readonly namespace: string | undefined};

const userPrefix = 'system:serviceaccount:';
const groupPrefix = 'system:serviceaccounts:';

/** Groups that every account belongs to. */
const everyone = ['system:serviceaccounts', 'system:authenticated'];

/**
 * The service accounts that a RoleBinding or ClusterRoleBinding gives its role, also as users and
 * as members of groups.
 */
export function* boundAccounts({namespace, value}: Resource): Iterable<BoundAccounts> {
  for (const item of asList(value['subjects'])) {
    const subject = asMap(item);
    const name = asString(subject?.['name']) ?? '';
    if (subject?.['kind'] === 'Group') yield* membersOf(name);
    else if (subject?.['kind'] === 'User') yield* accountsOf(name);
    else if (subject?.['kind'] === 'ServiceAccount') {
      yield {are: 'one', name, namespace: asString(subject['namespace']) ?? namespace};
    }
  }
  // OpenShift's bindings also name users and groups in lists.
  for (const name of asList(value['userNames'])) yield* accountsOf(asString(name) ?? '');
  for (const name of asList(value['groupNames'])) yield* membersOf(asString(name) ?? '');
}

function membersOf(group: string): readonly BoundAccounts[] {
  if (everyone.includes(group)) return [{are: 'all'}];
  if (!group.startsWith(groupPrefix)) return [];
  return [{are: 'all of a namespace', namespace: group.slice(groupPrefix.length)}];
}

function accountsOf(user: string): readonly BoundAccounts[] {
  if (!user.startsWith(userPrefix)) return [];
  const [namespace = '', name = ''] = user.slice(userPrefix.length).split(':', 2);
  return [{are: 'one', name, namespace}];
}
