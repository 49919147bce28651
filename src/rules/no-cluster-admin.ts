import {asList, asMap, type JsonMap, type Path, textOf} from '../json.ts';
import {administratorRoles} from '../kubernetes/administrator-roles.ts';
import {builtInPowerOf} from '../kubernetes/builtin-roles.ts';
import {NameIndex} from '../kubernetes/name-index.ts';
import {bindingKinds, isBinding, roleKinds} from '../kubernetes/rbac.ts';
import type {Resource} from '../kubernetes/resource.ts';
import type {StreamIndex} from '../kubernetes/stream-index.ts';
import type {Severity} from '../severity.ts';
import {escalations} from './no-escalation-verbs.ts';
import {workloadWrites} from './no-workload-writes.ts';
import {grantedIn, type RiskyRight} from './risky-rights.ts';
import type {Rule, StreamViolation, Violation} from './rule.ts';

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
 * - `roleRef.name` with the service account of a pod as a subject: must not be a built-in role that
 *   leads to every right, such as `admin`, `edit`, `system:node` and the roles of controllers
 * - `subjects[*]`: must not be the group `system:masters` or `system:unauthenticated`, nor the user
 *   `system:anonymous`; with the built-in roles `admin` and `edit`, and with roles of the stream that
 *   grant a risky right, nor the groups `system:authenticated`, `system:serviceaccounts` and
 *   `system:serviceaccounts:NAMESPACE`
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
    const power = builtInPowerOf(resource);
    if (power !== undefined) yield ofPower(resource, power);
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
    yield* crowdsWithRights(stream);
  },
};

/** A built-in role that leads to every right, bound to the account of a pod. */
const ofPower = ({kind, value}: Resource, gain: string): Violation => {
  const name = textOf(asMap(value['roleRef'])?.['name']);
  const isWhole = kind === 'ClusterRoleBinding';
  return {
    path: ['roleRef', 'name'],
    message: `the built-in role "${name}" leads to every right ${isWhole ? 'in the cluster' : 'in the namespace'}: the account ${gain}`,
    severity: isWhole ? 'critical' : 'medium',
  };
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

/** Rights that must not be given to everyone. */
const risky: readonly RiskyRight[] = [
  {groups: ['*'], resources: ['*'], verbs: ['*'], gain: 'can do anything', ifNamed: 'medium'},
  ...escalations,
  ...workloadWrites,
  {groups: [''], resources: ['secrets'], verbs: ['get', 'list', 'watch'], gain: 'can read secrets'},
  {
    groups: [''],
    resources: ['pods/exec', 'pods/attach', 'pods/portforward'],
    verbs: ['create', 'get'],
    gain: 'can reach into pods',
  },
];

/** Roles of the stream with a risky right that are bound to everyone. */
function* crowdsWithRights(stream: StreamIndex): Iterable<StreamViolation> {
  const bindings = bindingKinds.flatMap(kind => stream.ofKind(kind)).filter(isBinding);
  const ofCrowds = bindings.flatMap(resource =>
    [...asList(resource.value['subjects']).entries()].flatMap(([index, item]) => {
      const who = crowdIn(asMap(item));
      return who === undefined ? [] : [{resource, index, ...who}];
    }),
  );
  if (ofCrowds.length === 0) return;
  const roles = riskyRoles(stream);
  for (const {resource, index, who, severity} of ofCrowds) {
    const role = asMap(resource.value['roleRef']);
    const kind = role?.['kind'] === 'Role' ? 'Role' : 'ClusterRole';
    const name = textOf(role?.['name']);
    const namespace = kind === 'Role' ? resource.namespace : undefined;
    const [gain] = roles.find(`${kind}/${name}`, namespace);
    if (gain === undefined) continue;
    const message = `the role "${name}" is granted to ${who}: each of them ${gain}`;
    yield {resource, path: ['subjects', index, 'name'], message, severity};
  }
}

/** What the roles of the stream with a risky right give, by kind and name, also by aggregation. */
function riskyRoles(stream: StreamIndex): NameIndex<string> {
  const gains = new NameIndex<string>();
  for (const role of stream.ofKind('Role')) {
    const gain = gainFrom(role);
    if (gain !== undefined) gains.addResource(role, gain, 'Role/');
  }
  for (const [gain, clusterRoles] of byGain(stream.ofKind('ClusterRole'))) {
    for (const role of stream.roleAggregation.withAggregatorsOf(clusterRoles)) {
      gains.addResource(role, gain, 'ClusterRole/');
    }
  }
  return gains;
}

/** There are few gains: the roles that aggregate others are looked for once for each. */
function byGain(roles: readonly Resource[]): ReadonlyMap<string, readonly Resource[]> {
  const found = new Map<string, Resource[]>();
  for (const role of roles) {
    const gain = gainFrom(role);
    if (gain === undefined) continue;
    const same = found.get(gain);
    if (same === undefined) found.set(gain, [role]);
    else same.push(role);
  }
  return found;
}

function gainFrom(role: Resource): string | undefined {
  for (const {right} of grantedIn(role, risky)) return right.gain;
  return undefined;
}

/** A powerful role that is bound to such a group. */
function* crowdOf(
  subject: JsonMap | undefined,
  role: JsonMap | undefined,
  path: Path,
): Iterable<Violation> {
  const [roleName, name] = [textOf(role?.['name']), textOf(subject?.['name'])];
  if (role?.['kind'] === 'Role' || !powerfulRoles.includes(roleName)) return;
  const crowd = crowdIn(subject);
  if (crowd === undefined) return;
  const message = `"${name}" is ${crowd.who}: the role \`${roleName}\` is granted to all of them`;
  yield {path, message, severity: crowd.severity};
}

/** Whom a subject stands for, if it is a group whose members nobody selected. */
function crowdIn(
  subject: JsonMap | undefined,
): {readonly who: string; readonly severity: Severity} | undefined {
  if (subject?.['kind'] !== 'Group') return undefined;
  const name = textOf(subject['name']);
  const who = Object.hasOwn(crowds, name) ? crowds[name] : undefined;
  if (who !== undefined) return {who, severity: 'high'};
  if (!name.startsWith(namespaceCrowd)) return undefined;
  const pods = `every pod in the namespace "${name.slice(namespaceCrowd.length)}"`;
  return {who: pods, severity: 'medium'};
}
