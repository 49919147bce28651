import {type Escalation, escalations} from '../../rules/no-escalation-verbs.ts';
import type {Check} from '../language/check.ts';
import {grants, includes, isUnnamed, roleCheck} from './role-grants.ts';

/** RBAC has one more wildcard: a subresource of all resources. */
const wildcardOf = (name: string): string => name.replace(/^.*(?=\/)/, '*');

/** Each thing that can be impersonated besides names is a subresource. */
const holdsExtras = "r.?resources.orValue([]).exists(s, s.startsWith('userextras/'))";

export const noEscalationVerbs: readonly Check[] = escalations.map((escalation, index) => {
  const {resources, verbs, gain} = escalation;
  const quoted = resources.map(name => `\`${name}\``).join(', ');
  return {
    ...roleCheck,
    rule: 'no-escalation-verbs',
    name: `escalation${index + 1}`,
    finds: findsOf(escalation),
    remedy: `Remove ${verbs.map(verb => `"${verb}"`).join(', ')} on ${quoted} from the role: the account ${gain}.`,
    outcome: 'flagged',
  };
});

function findsOf({groups, resources, verbs, ifNamed, isClusterScoped}: Escalation): string {
  const names = [...new Set(resources.flatMap(name => [name, wildcardOf(name)]))];
  const isHeld = resources.includes('userextras')
    ? `(${includes('resources', names)} || ${holdsExtras})`
    : includes('resources', names);
  const conditions = [includes('apiGroups', groups), isHeld, includes('verbs', verbs)];
  const finds = grants(...conditions, ...(ifNamed === undefined ? [isUnnamed] : []));
  return isClusterScoped ? `object.kind == 'ClusterRole' && ${finds}` : finds;
}
