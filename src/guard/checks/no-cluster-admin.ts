import {builtInPowers, controllers} from '../../kubernetes/builtin-roles.ts';
import {
  administrators,
  crowds,
  namespaceCrowd,
  powerfulRoles,
} from '../../rules/no-cluster-admin.ts';
import {celList, celString} from '../language/cel.ts';
import type {Check} from '../language/check.ts';

const check = {rule: 'no-cluster-admin', outcome: 'flagged'} as const satisfies Partial<Check>;

const role = 'dyn(object).roleRef.name';
const prefix = celString(controllers.prefix);
const accountPrefix = 'system:serviceaccount:';
const controllerPrefix = `${accountPrefix}${controllers.namespace}:`;

/** Whether a subject `s` is a service account, also as a user, besides the controller itself. */
const isAccount = [
  `s.kind == 'ServiceAccount' && (${prefix} + s.name != ${role} || s.?namespace.orValue('') != ${celString(controllers.namespace)})`,
  `s.kind == 'User' && s.name.startsWith(${celString(accountPrefix)}) && !(s.name.startsWith(${celString(controllerPrefix)}) && ${prefix} + s.name.substring(${controllerPrefix.length}) == ${role})`,
].join(' || ');

/** Whether a binding gives a built-in role to the account of a pod. */
const bindsPower = `(${role} in ${celList(builtInPowers.ofNamespaces)} || object.kind == 'ClusterRoleBinding' && ${role} in ${celList(builtInPowers.ofCluster)}) && dyn(object).roleRef.?kind.orValue('') != 'Role' && dyn(object).?subjects.orValue([]).exists(s, ${isAccount})`;

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
    name: 'bindsPower',
    subject: 'binding',
    finds: bindsPower,
    remedy: 'Bind a role of your own that grants only what the account needs.',
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
