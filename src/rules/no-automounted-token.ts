import {set} from '../edits.ts';
import {bindingKinds} from '../kubernetes/rbac.ts';
import {accountOf} from '../kubernetes/service-accounts.ts';
import type {Rule} from './rule.ts';

const field = 'automountServiceAccountToken';

/**
 * Restricted fields, if no RoleBinding or ClusterRoleBinding in the stream gives the account any
 * rights:
 *
 * - pod `spec.automountServiceAccountToken`: must be false. If it is absent, the field of the
 *   ServiceAccount counts, if that is in the stream
 * - ServiceAccount `automountServiceAccountToken`: must not be true; that of `default` must be false
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
  *checkResource({kind, group, name, namespace, value}, {stream}) {
    if (kind !== 'ServiceAccount' || group !== '') return;
    const isSet = value[field] === true;
    if (!isSet && (name !== 'default' || value[field] === false)) return;
    if (stream.accounts.isBound(name, namespace)) return;
    const who = name === 'default' ? 'every pod that names no account' : 'every pod of the account';
    yield {
      path: [field],
      message: `\`${field}\` must be false: ${who} mounts a token, and no binding gives it any rights`,
      ...(isSet ? {effect: 'takes'} : {}),
      edits: [set([field], false)],
    };
  },
};
