import type {Check} from '../language/check.ts';
import {aggregatesEdit, grants, includes, isUnnamed, roleCheck} from './role-grants.ts';

const check = {
  ...roleCheck,
  rule: 'no-secret-listing',
  outcome: 'flagged',
} as const satisfies Partial<Check>;

export const noSecretListing: readonly Check[] = [
  {
    ...check,
    name: 'readsSecrets',
    finds: grants(
      includes('apiGroups', ['']),
      includes('resources', ['secrets']),
      includes('verbs', ['get', 'list', 'watch']),
      isUnnamed,
    ),
  },
  {
    ...check,
    name: 'readsSecretsByAggregation',
    finds: aggregatesEdit,
    remedy: 'Do not aggregate the built-in role `edit`, which can read all secrets.',
  },
];
