import {set} from '../edits.ts';
import {bindingKinds} from '../kubernetes/rbac.ts';
import {accountOf} from '../kubernetes/service-accounts.ts';
import type {Rule} from './rule.ts';

/**
 * Restricted field: pod `spec.automountServiceAccountToken`: must be false if no RoleBinding or
 * ClusterRoleBinding in the stream gives the account any rights. If it is absent, the field of the
 * ServiceAccount counts, if that is in the stream.
 */
export const noAutomountedToken: Rule = {
  id: 'no-automounted-token',
  title: 'Pods that do not call the API server must not mount a token for it',
  severity: 'low',
  remedy: 'Set `automountServiceAccountToken: false` on pods that do not call the API server.',
  rationale:
    'An attacker who breaks into the pod finds the token, and can use every right that the account has now or gets later.',
  rewrite: {
    does: 'sets `automountServiceAccountToken: false`',
    disruption: 'possible',
    effect: 'fills',
  },
  references: {cis: ['5.1.6'], kubescape: ['C-0034'], mitre: ['T1528', 'T1552.007']},
  kinds: ['ServiceAccount', ...bindingKinds],
  *checkPod({value, path, resource: {namespace}}, {stream}) {
    const field = 'automountServiceAccountToken';
    if (value[field] === false) return;
    const account = accountOf(value);
    const isSet = value[field] === true;
    if (!isSet && stream.accounts.isWithoutToken(account, namespace)) return;
    if (stream.accounts.isBound(account, namespace)) return;
    yield {
      path: [...path, field],
      message: `\`${field}\` must be false: no binding gives the account "${account}" any rights, so its token is useful only to an attacker`,
      ...(isSet ? {effect: 'takes'} : {}),
      edits: [set([...path, field], false)],
    };
  },
};
