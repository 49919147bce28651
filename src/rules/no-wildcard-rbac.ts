import {asList, textOf} from '../json.ts';
import {grantsOf, roleKinds, selectorsOfAdministrators} from '../kubernetes/rbac.ts';
import type {Severity} from '../severity.ts';
import type {Rule} from './rule.ts';

interface Wildcard {
  readonly field: string;
  readonly wildcard: RegExp;
  readonly grants: string;
  readonly severity: Severity;
}

const everything = 'grants everything that exists, and everything that is added later';
const star = /^\*$/;

/**
 * As the API server's RBAC authorizer compares (k8s.io/kubernetes, pkg/apis/rbac/v1,
 * `evaluation_helpers.go`): a subresource of all resources is `*\/scale`, but `pods/*` and `*\/*`
 * grant nothing; a URL covers all that begin with the text before its last `*`.
 */
export const wildcards: readonly Wildcard[] = [
  {field: 'apiGroups', wildcard: star, grants: everything, severity: 'high'},
  {field: 'resources', wildcard: star, grants: everything, severity: 'high'},
  {
    field: 'resources',
    wildcard: /^\*\/[^*]/,
    grants: 'grants it for every kind, including kinds that are installed later',
    severity: 'medium',
  },
  {field: 'verbs', wildcard: star, grants: everything, severity: 'high'},
  {
    field: 'nonResourceURLs',
    wildcard: /^\/?\*+$/,
    grants: 'grants every URL of the API server, including its profiles and logs',
    severity: 'high',
  },
];

/**
 * Restricted fields, in the `rules` of Roles and ClusterRoles: those of the table above. In
 * `aggregationRule.clusterRoleSelectors`: selectors of the built-in role `cluster-admin`.
 */
export const noWildcardRbac: Rule = {
  id: 'no-wildcard-rbac',
  title: 'Roles must not grant everything',
  severity: 'high',
  remedy: 'List the API groups, resources and verbs that are needed instead of `*`.',
  rationale:
    'A wildcard grants more than anyone considered, including kinds that are installed later: an attacker who takes over the account gets it all.',
  references: {
    cis: ['5.1.3'],
    nsa: 'Authentication and authorization',
    nist: ['AC-6'],
    pci: ['7.3.3', '8.2.4'],
  },
  kinds: roleKinds,
  *checkResource(resource) {
    for (const {value, path} of grantsOf(resource)) {
      for (const {field, wildcard, grants, severity} of wildcards) {
        const list = asList(value[field]);
        const at = list.findIndex(item => wildcard.test(textOf(item)));
        if (at === -1) continue;
        const message = `"${textOf(list[at])}" in \`${field}\` ${grants}`;
        yield {path: [...path, field, at], message, severity};
      }
    }
    for (const path of selectorsOfAdministrators(resource)) {
      yield {
        path,
        message: `the selector aggregates the built-in role \`cluster-admin\`: it ${everything}`,
      };
    }
  },
};
