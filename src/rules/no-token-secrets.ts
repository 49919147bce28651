import {textOf, valueAt} from '../json.ts';
import type {Rule} from './rule.ts';

/** Restricted field: Secret `type`: must not be `kubernetes.io/service-account-token`. */
export const noTokenSecrets: Rule = {
  id: 'no-token-secrets',
  title: 'Tokens of service accounts must expire',
  severity: 'medium',
  remedy:
    'Remove the Secret, and use tokens that expire: a projected `serviceAccountToken` volume, or `kubectl create token`.',
  rationale:
    'The API server fills the Secret with a token that never expires and is bound to no pod: whoever reads it once acts as the account for as long as the Secret exists.',
  references: {},
  kinds: ['Secret'],
  *checkResource({kind, group, value}) {
    if (kind !== 'Secret' || group !== '' || value['type'] !== tokenType) return;
    const account = textOf(
      valueAt(value, ['metadata', 'annotations', 'kubernetes.io/service-account.name']),
    );
    yield {
      path: ['type'],
      message: `the Secret holds a token of the account "${account}" that never expires`,
    };
  },
};

/** As k8s.io/api/core/v1 calls it. */
const tokenType = 'kubernetes.io/service-account-token';
