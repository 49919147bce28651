import {asList, asMap, type JsonMap, type Path, textOf} from '../json.ts';
import {bindingKinds, isBinding} from '../kubernetes/rbac.ts';
import type {Rule, Violation} from './rule.ts';

/** Whoever a binding must not name, by kind. */
export const administrators: Readonly<Record<string, string>> = {
  'Group/system:masters': 'may do anything, and no RBAC can take it away',
  'Group/system:unauthenticated': 'is everybody who reaches the API server',
  'User/system:anonymous': 'is everybody who reaches the API server',
};

/** Built-in roles that read secrets and run any pod. */
export const powerfulRoles = ['cluster-admin', 'admin', 'edit'];

/** Groups that nobody was chosen for, with who they are. */
export const crowds: Readonly<Record<string, string>> = {
  'system:authenticated': 'everybody with an account of the cluster',
  'system:serviceaccounts': 'every pod of the cluster',
};

/** The group of all accounts of one namespace begins so. */
export const namespaceCrowd = 'system:serviceaccounts:';

/**
 * Restricted fields, in RoleBindings and ClusterRoleBindings:
 *
 * - `roleRef.name`: must not be `cluster-admin`
 * - `subjects[*]`: must not be the group `system:masters` or `system:unauthenticated`, nor the
 *   user `system:anonymous`; beside the built-in roles `admin` and `edit` nor the groups
 *   `system:authenticated`, `system:serviceaccounts` and `system:serviceaccounts:NAMESPACE`
 */
export const noClusterAdmin: Rule = {
  id: 'no-cluster-admin',
  title: 'Bindings must make nobody an administrator of the cluster',
  severity: 'critical',
  remedy: 'Bind a role that grants only the rights that are needed, to accounts of your own.',
  rationale:
    'An account that is cluster-admin owns the cluster: whoever breaks into a pod that has it does, too.',
  references: {
    cis: ['5.1.1', '5.1.7'],
    nsa: 'Authentication and authorization',
    nist: ['AC-6', 'CM-4', 'CM-5', 'CM-7'],
    pci: ['7.2.1', '7.2.2', '7.2.5', '8.2.4'],
  },
  kinds: bindingKinds,
  *checkResource(resource) {
    if (!isBinding(resource)) return;
    const {kind, value} = resource;
    const role = asMap(value['roleRef']);
    if (role?.['name'] === 'cluster-admin' && role['kind'] !== 'Role') {
      const isWhole = kind === 'ClusterRoleBinding';
      yield {
        path: ['roleRef', 'name'],
        message: `\`cluster-admin\` may do anything in ${isWhole ? 'the cluster' : 'its namespace'}`,
        severity: isWhole ? 'critical' : 'high',
      };
    }
    for (const [index, item] of asList(value['subjects']).entries()) {
      const name = textOf(asMap(item)?.['name']);
      const path = ['subjects', index, 'name'];
      const gain = gainOf(asMap(item));
      if (gain !== undefined) yield {path, message: `"${name}" ${gain}`};
      else yield* crowdOf(asMap(item), role, path);
    }
  },
};

function gainOf(subject: JsonMap | undefined): string | undefined {
  const key = `${textOf(subject?.['kind'])}/${textOf(subject?.['name'])}`;
  return Object.hasOwn(administrators, key) ? administrators[key] : undefined;
}

/** A powerful role that is bound to everybody of a kind. */
function* crowdOf(
  subject: JsonMap | undefined,
  role: JsonMap | undefined,
  path: Path,
): Iterable<Violation> {
  const [roleName, name] = [textOf(role?.['name']), textOf(subject?.['name'])];
  if (role?.['kind'] === 'Role' || !powerfulRoles.includes(roleName)) return;
  if (subject?.['kind'] !== 'Group') return;
  const isOfNamespace = name.startsWith(namespaceCrowd);
  const who = Object.hasOwn(crowds, name) ? crowds[name] : undefined;
  if (who === undefined && !isOfNamespace) return;
  const pods = `every pod of the namespace "${name.slice(namespaceCrowd.length)}"`;
  yield {
    path,
    message: `"${name}" is ${who ?? pods}: the role \`${roleName}\` is granted to all of them`,
    severity: who === undefined ? 'medium' : 'high',
  };
}
