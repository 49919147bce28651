import {asList} from '../json.ts';
import {grantsOf, includesAny, isNamed, roleKinds, selectorsOfEdit} from '../kubernetes/rbac.ts';
import type {Rule} from './rule.ts';

/**
 * Restricted fields, in the `rules` of Roles and ClusterRoles: `get`, `list` or `watch` on
 * `secrets` must come with `resourceNames`. A list returns the contents, as a get does.
 */
export const noSecretListing: Rule = {
  id: 'no-secret-listing',
  title: 'Roles must not read all secrets',
  severity: 'high',
  remedy: 'Name the secrets that the role may read in `resourceNames`, and grant only `get`.',
  rationale:
    'Secrets hold the passwords and keys of everything else: whoever can read them all can become anyone.',
  references: {cis: ['5.1.2'], nsa: 'Authentication and authorization', mitre: ['T1552.007']},
  kinds: roleKinds,
  *checkResource(resource) {
    for (const grant of grantsOf(resource)) {
      const isReading =
        includesAny(grant, 'resources', ['secrets']) &&
        includesAny(grant, 'apiGroups', ['']) &&
        includesAny(grant, 'verbs', ['get', 'list', 'watch']);
      if (!isReading || isNamed(grant)) continue;
      const resources = asList(grant.value['resources']);
      const at = Math.max(resources.indexOf('secrets'), resources.indexOf('*'));
      yield {path: [...grant.path, 'resources', at], message: whereOf(resource.kind)};
    }
    for (const path of selectorsOfEdit(resource)) {
      yield {
        path,
        message: 'the selector aggregates the built-in role `edit`, which can read all secrets',
      };
    }
  },
};

const whereOf = (kind: string): string =>
  `the rule can read all secrets of ${kind === 'Role' ? 'its namespace' : 'the cluster'}: \`resourceNames\` must name those that are needed`;
