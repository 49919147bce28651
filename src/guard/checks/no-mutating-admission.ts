import {mutators, mutatorWrites} from '../../rules/no-mutating-admission.ts';
import type {Check} from '../language/check.ts';
import {grants, includes, names, roleCheck} from './role-grants.ts';

const group = ['admissionregistration.k8s.io'];
const byName = `${names('resources', mutators)} && ${includes('apiGroups', group)}`;
const byGroup = `${names('resources', ['*'])} && ${names('apiGroups', group)}`;

/** Covers only roles: the API server does not show mutating policies to admission policies. */
export const noMutatingAdmission: Check = {
  ...roleCheck,
  rule: 'no-mutating-admission',
  name: 'mutators',
  finds: grants(`(${byName} || ${byGroup})`, includes('verbs', mutatorWrites)),
  remedy:
    'Remove the right to write mutating webhooks and admission policies from the role: the account can have every pod in the cluster changed.',
  outcome: 'flagged',
};
