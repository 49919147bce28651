import {asList} from '../json.ts';
import {grantsOf} from '../kubernetes/rbac.ts';
import type {Rule} from './rule.ts';

const fields = ['apiGroups', 'resources', 'verbs'];

/**
 * Restricted fields, in the `rules` of Roles and ClusterRoles: `apiGroups`, `resources` and
 * `verbs` must not hold `*`.
 */
export const noWildcardRbac: Rule = {
  id: 'no-wildcard-rbac',
  title: 'Roles must not grant everything',
  severity: 'high',
  rationale:
    'A wildcard grants what nobody thought of, kinds that are installed later included: whoever takes over the account takes them all.',
  references: {
    cis: ['5.1.3'],
    nsa: 'Authentication and authorization',
    nist: ['AC-6'],
    pci: ['7.3.3', '8.2.4'],
  },
  *checkResource(resource) {
    for (const {value, path} of grantsOf(resource)) {
      for (const field of fields) {
        const at = asList(value[field]).indexOf('*');
        if (at === -1) continue;
        yield {
          path: [...path, field, at],
          message: `"*" in \`${field}\` grants all that there is, and all that there will be`,
        };
      }
    }
  },
};
