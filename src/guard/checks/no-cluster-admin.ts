import {
  administrators,
  crowds,
  namespaceCrowd,
  powerfulRoles,
} from '../../rules/no-cluster-admin.ts';
import {celList, celString} from '../language/cel.ts';
import type {Check} from '../language/check.ts';

const check = {rule: 'no-cluster-admin', outcome: 'flagged'} as const satisfies Partial<Check>;

export const noClusterAdmin: readonly Check[] = [
  {
    ...check,
    name: 'bindsClusterAdmin',
    subject: 'binding',
    finds:
      "dyn(object).roleRef.name == 'cluster-admin' && dyn(object).roleRef.?kind.orValue('') != 'Role'",
  },
  {
    ...check,
    name: 'administrators',
    subject: 'bindingSubject',
    finds: `u.kind + '/' + u.name in ${celList(Object.keys(administrators))}`,
    remedy: 'Remove the subjects that stand for everyone or for administrators.',
  },
  {
    ...check,
    name: 'crowds',
    subject: 'bindingSubject',
    finds: `dyn(object).roleRef.name in ${celList(powerfulRoles)} && dyn(object).roleRef.?kind.orValue('') != 'Role' && u.kind == 'Group' && (u.name in ${celList(Object.keys(crowds))} || u.name.startsWith(${celString(namespaceCrowd)}))`,
    remedy: 'Bind the role to the accounts that need it, not to everyone.',
  },
];
