import type {Check} from '../language/check.ts';

const check = {
  rule: 'no-default-service-account',
  outcome: 'flagged',
} as const satisfies Partial<Check>;

export const noDefaultServiceAccount: readonly Check[] = [
  {
    ...check,
    name: 'defaultAccount',
    subject: 'pod',
    finds:
      "variables.pod.?automountServiceAccountToken.orValue(true) && variables.pod.?serviceAccountName.orValue(variables.pod.?serviceAccount.orValue('')) in ['', 'default']",
    remedy:
      'Set `serviceAccountName` to a dedicated account, or `automountServiceAccountToken: false`.',
  },
  {
    ...check,
    name: 'defaultSubjects',
    subject: 'bindingSubject',
    finds: "u.kind == 'ServiceAccount' && u.name == 'default'",
    remedy: 'Bind a dedicated service account instead of `default`, which pods share.',
  },
];
