import {escalations} from '../../rules/no-escalation-verbs.ts';
import {resourcesOf} from '../../rules/risky-rights.ts';
import type {Check} from '../language/check.ts';
import {grantsRight, roleCheck} from './role-grants.ts';

export const noEscalationVerbs: readonly Check[] = escalations.map((right, index) => {
  const {verbs, gain} = right;
  return {
    ...roleCheck,
    rule: 'no-escalation-verbs',
    name: `escalation${index + 1}`,
    finds: grantsRight(right),
    remedy: `Remove ${verbs.map(verb => `"${verb}"`).join(', ')} on ${resourcesOf(right)} from the role: the account ${gain}.`,
    outcome: 'flagged',
  };
});
