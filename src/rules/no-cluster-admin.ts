import {asList, asMap, type JsonMap, type Path, textOf} from '../json.ts';
import {administratorRoles} from '../kubernetes/administrator-roles.ts';
import {bindingKinds, isBinding, roleKinds} from '../kubernetes/rbac.ts';
import type {Resource} from '../kubernetes/resource.ts';
import type {Rule, Violation} from './rule.ts';

/** The subjects that a binding must not name, by kind. */
export const administrators: Readonly<Record<string, string>> = {
  'Group/system:masters': 'can do anything, and RBAC cannot restrict that',
  'Group/system:unauthenticated': 'is anyone who can reach the API server',
  'User/system:anonymous': 'is anyone who can reach the API server',
};

/** Built-in roles that can read secrets and run any pod. */
export const powerfulRoles = ['cluster-admin', 'admin', 'edit'];

/** Groups whose members nobody selected, with a description. */
export const crowds: Readonly<Record<string, string>> = {
  'system:authenticated': 'everyone with an account in the cluster',
  'system:serviceaccounts': 'every pod in the cluster',
};

/** The prefix of the group of all accounts in a namespace. */
export const namespaceCrowd = 'system:serviceaccounts:';

/**
 * Restricted fields, in RoleBindings and ClusterRoleBindings:
 *
 * - `roleRef.name`: must not be `cluster-admin`, nor a role of the stream that grants every right
 *   (`*` in all three fields), nor a ClusterRole that aggregates such a role
 * - `subjects[*]`: must not be the group `system:masters` or `system:unauthenticated`, nor the user
 *   `system:anonymous`; with the built-in roles `admin` and `edit` nor the groups
 *   `system:authenticated`, `system:serviceaccounts` and `system:serviceaccounts:NAMESPACE`
 */
export const noClusterAdmin: Rule = {
  id: 'no-cluster-admin',
  title: 'Bindings must not make anyone a cluster administrator',
  severity: 'critical',
  remedy:
    'Bind a role that grants only the rights that are needed, and bind it to specific accounts.',
  rationale:
    'A cluster-admin account controls the whole cluster, and so does an attacker who breaks into a pod that uses it.',
  references: {
    cis: ['5.1.1', '5.1.7'],
    nsa: 'Authentication and authorization',
    nist: ['AC-6', 'CM-4', 'CM-5', 'CM-7'],
    pci: ['7.2.1', '7.2.2', '7.2.5', '8.2.4'],
  },
  kinds: [...bindingKinds, ...roleKinds],
  *checkResource(resource) {
    if (!isBinding(resource)) return;
    const {value} = resource;
    const role = asMap(value['roleRef']);
    if (role?.['name'] === 'cluster-admin' && role['kind'] !== 'Role') {
      yield administration(resource, '`cluster-admin`');
    }
    for (const [index, item] of asList(value['subjects']).entries()) {
      const name = textOf(asMap(item)?.['name']);
      const path = ['subjects', index, 'name'];
      const gain = gainOf(asMap(item));
      if (gain !== undefined) yield {path, message: `"${name}" ${gain}`};
      else yield* crowdOf(asMap(item), role, path);
    }
  },
  *checkStream(stream) {
    const roles = administratorRoles(stream);
    for (const resource of bindingKinds.flatMap(kind => stream.ofKind(kind)).filter(isBinding)) {
      const role = asMap(resource.value['roleRef']);
      const [kind, name] = [
        role?.['kind'] === 'Role' ? 'Role' : 'ClusterRole',
        textOf(role?.['name']),
      ];
      if (kind === 'ClusterRole' && name === 'cluster-admin') continue;
      const namespace = kind === 'Role' ? resource.namespace : undefined;
      const [found] = roles.find(`${kind}/${name}`, namespace);
      if (found === undefined) continue;
      const subject = `"${name}" ${found === 'everything' ? 'grants every right' : 'aggregates an administrator role'} and`;
      yield {resource, ...administration(resource, subject)};
    }
  },
};

const administration = ({kind}: Resource, subject: string): Violation => {
  const isWhole = kind === 'ClusterRoleBinding';
  return {
    path: ['roleRef', 'name'],
    message: `${subject} can do anything in ${isWhole ? 'the cluster' : 'its namespace'}`,
    severity: isWhole ? 'critical' : 'high',
  };
};

function gainOf(subject: JsonMap | undefined): string | undefined {
  const key = `${textOf(subject?.['kind'])}/${textOf(subject?.['name'])}`;
  return Object.hasOwn(administrators, key) ? administrators[key] : undefined;
}

/** A powerful role that is bound to such a group. */
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
  const pods = `every pod in the namespace "${name.slice(namespaceCrowd.length)}"`;
  yield {
    path,
    message: `"${name}" is ${who ?? pods}: the role \`${roleName}\` is granted to all of them`,
    severity: who === undefined ? 'medium' : 'high',
  };
}
