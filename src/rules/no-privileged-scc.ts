import {asList, asMap, isList, type Path, textOf, valueAt} from '../json.ts';
import {bindingKinds, grantsOf, includesAny, isBinding, roleKinds} from '../kubernetes/rbac.ts';
import type {Resource} from '../kubernetes/resource.ts';
import type {Severity} from '../severity.ts';
import type {Rule, Violation} from './rule.ts';

/** The built-in SecurityContextConstraints that allow more than `nonroot`, and what: OpenShift 4. */
const builtIn: Readonly<Record<string, {readonly allows: string; readonly severity: Severity}>> = {
  privileged: {allows: 'everything, on every node', severity: 'high'},
  'node-exporter': {allows: 'the host network, processes and folders', severity: 'high'},
  hostaccess: {allows: 'the host network, processes and folders', severity: 'high'},
  'hostmount-anyuid': {allows: 'host folders, as root', severity: 'high'},
  'hostmount-anyuid-v2': {allows: 'host folders, as root', severity: 'high'},
  hostnetwork: {allows: 'the host network and host ports', severity: 'medium'},
  'hostnetwork-v2': {allows: 'the host network and host ports', severity: 'medium'},
  anyuid: {allows: 'any user, root too', severity: 'medium'},
};

const group = 'security.openshift.io';
const rolePrefix = 'system:openshift:scc:';

/** Fields of SecurityContextConstraints and the former PodSecurityPolicy that allow privilege. */
const fields: readonly {
  readonly path: Path;
  readonly allows: string;
  readonly severity: Severity;
}[] = [
  {path: ['allowPrivilegedContainer'], allows: 'privileged containers', severity: 'high'},
  {path: ['allowHostDirVolumePlugin'], allows: 'host folders', severity: 'high'},
  {path: ['allowHostPID'], allows: 'the processes of the node', severity: 'high'},
  {path: ['allowHostIPC'], allows: 'the shared memory of the node', severity: 'high'},
  {path: ['allowHostNetwork'], allows: 'the host network', severity: 'medium'},
  {path: ['allowHostPorts'], allows: 'host ports', severity: 'medium'},
];

/**
 * Restricted fields:
 *
 * - SecurityContextConstraints: `allowPrivilegedContainer`, `allowHostDirVolumePlugin`,
 *   `allowHostPID`, `allowHostIPC`, `allowHostNetwork`, `allowHostPorts`: must not be true;
 *   `allowedCapabilities`: must have neither `*` nor SYS_ADMIN; `runAsUser.type`: must not be
 *   `RunAsAny`
 * - Roles and ClusterRoles: must not grant `use` on constraints that allow such things, nor on all
 * - bindings: must not bind the roles `system:openshift:scc:NAME` of such constraints
 */
export const noPrivilegedScc: Rule = {
  id: 'no-privileged-scc',
  title: 'OpenShift’s constraints must not allow privileged pods',
  severity: 'high',
  remedy:
    'Use the constraints `restricted-v2` or `nonroot-v2`, or allow only what the workload needs, for its account alone.',
  rationale:
    'Constraints decide which pods an account may create: with these, an attacker who takes over the account also takes over a node.',
  references: {},
  kinds: ['SecurityContextConstraints', ...roleKinds, ...bindingKinds],
  *checkResource(resource) {
    if (resource.kind === 'SecurityContextConstraints') yield* constraintFaults(resource);
    else if (isBinding(resource)) yield* bindingFaults(resource);
    else yield* roleFaults(resource);
  },
};

function* constraintFaults({group: own, value}: Resource): Iterable<Violation> {
  if (own !== group && own !== '') return;
  for (const {path, allows, severity} of fields) {
    if (valueAt(value, path) !== true) continue;
    yield {path, severity, message: `\`${path.join('.')}: true\` allows pods ${allows}`};
  }
  for (const [index, item] of asList(value['allowedCapabilities']).entries()) {
    if (!['*', 'ALL', 'SYS_ADMIN'].includes(textOf(item))) continue;
    const message = `\`allowedCapabilities\` with "${textOf(item)}" allows containers to control their node`;
    yield {path: ['allowedCapabilities', index], message};
  }
  if (valueAt(value, ['runAsUser', 'type']) !== 'RunAsAny') return;
  const message = '`runAsUser: {type: RunAsAny}` allows pods any user, root too';
  yield {path: ['runAsUser', 'type'], severity: 'medium', message};
}

function* roleFaults(resource: Resource): Iterable<Violation> {
  for (const grant of grantsOf(resource)) {
    const names = grant.value['resourceNames'];
    if (!isList(grant.value['resources'])) continue;
    const isNamingGroup = asList(grant.value['apiGroups']).includes(group);
    if (!isNamingGroup || !includesAny(grant, 'verbs', ['use'])) continue;
    if (!includesAny(grant, 'resources', ['securitycontextconstraints'])) continue;
    if (asList(names).length === 0) {
      const message =
        'the role can use every constraint, `privileged` too: pods of the account may do anything';
      yield {path: [...grant.path, 'resources'], message};
    }
    for (const [index, item] of asList(names).entries()) {
      const found = builtInOf(textOf(item));
      if (found === undefined) continue;
      const message = `the role can use the constraint "${textOf(item)}", which allows pods ${found.allows}`;
      yield {path: [...grant.path, 'resourceNames', index], severity: found.severity, message};
    }
  }
}

function* bindingFaults({value}: Resource): Iterable<Violation> {
  const name = textOf(asMap(value['roleRef'])?.['name']);
  const found = name.startsWith(rolePrefix) ? builtInOf(name.slice(rolePrefix.length)) : undefined;
  if (found === undefined) return;
  const message = `"${name}" allows the pods of the account ${found.allows}`;
  yield {path: ['roleRef', 'name'], severity: found.severity, message};
}

const builtInOf = (name: string) => (Object.hasOwn(builtIn, name) ? builtIn[name] : undefined);
