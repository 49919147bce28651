import {asList, asMap} from '../json.ts';
import {bindingKinds, isBinding} from '../kubernetes/rbac.ts';
import {accountOf} from '../kubernetes/service-accounts.ts';
import type {Rule} from './rule.ts';

/**
 * Restricted fields:
 *
 * - pod `spec.serviceAccountName`: must not be absent or `default`, unless
 *   `automountServiceAccountToken` is false: a pod without a token uses no account
 * - RoleBinding and ClusterRoleBinding `subjects[*]`: must not be a ServiceAccount `default`
 */
export const noDefaultServiceAccount: Rule = {
  id: 'no-default-service-account',
  title: 'Pods must have their own service account',
  severity: 'medium',
  remedy: 'Create a service account for the workload, and bind the role to it.',
  rationale:
    'All pods in a namespace that name no account share `default`: a right granted to it is granted to all of them.',
  references: {cis: ['5.1.5'], nist: ['IA-4'], pci: ['2.2.2']},
  kinds: bindingKinds,
  *checkPod({value, path}) {
    if (value['automountServiceAccountToken'] === false || accountOf(value) !== 'default') return;
    yield {
      path: [...path, 'serviceAccountName'],
      message: '`serviceAccountName` must name a dedicated account: other pods share `default`',
    };
  },
  *checkResource(resource) {
    if (!isBinding(resource)) return;
    for (const [index, item] of asList(resource.value['subjects']).entries()) {
      const subject = asMap(item);
      if (subject?.['kind'] !== 'ServiceAccount' || subject['name'] !== 'default') continue;
      yield {
        path: ['subjects', index, 'name'],
        message: 'every pod that names no account uses `default`: all of them get these rights',
      };
    }
  },
};
