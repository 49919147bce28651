import {asList, asMap, asString, textOf} from '../json.ts';
import {NameIndex} from '../kubernetes/name-index.ts';
import {bindingKinds, isBinding, roleKinds} from '../kubernetes/rbac.ts';
import type {Resource} from '../kubernetes/resource.ts';
import {accountOf} from '../kubernetes/service-accounts.ts';
import type {StreamIndex} from '../kubernetes/stream-index.ts';
import type {Rule, StreamViolation} from './rule.ts';

/**
 * - `roleRef` of RoleBindings and ClusterRoleBindings must name a role of the stream, or one that
 *   each cluster has
 * - ServiceAccounts among their `subjects` must be in the stream, or be `default`
 * - `spec.serviceAccountName` of pods must be in the stream, or be `default`
 *
 * They may come from another release: so they are only flagged.
 */
export const noMissingIdentity: Rule = {
  id: 'no-missing-identity',
  title: 'Bindings and pods must name roles and accounts of the stream',
  severity: 'low',
  remedy: 'Add the role or the account to the manifests, or remove what names it.',
  rationale:
    'Whoever may create the missing account gets the rights that wait for it; whoever may create the missing role decides what the binding grants.',
  references: {},
  kinds: [...bindingKinds, ...roleKinds, 'ServiceAccount'],
  *checkStream(stream) {
    const accounts = new NameIndex<Resource>();
    for (const account of stream.ofKind('ServiceAccount')) accounts.addResource(account, account);
    yield* ofBindings(stream, accounts);
    for (const {resource, pod} of stream.workloads) {
      const name = accountOf(pod.value);
      if (name === 'default' || accounts.count(name, resource.namespace) > 0) continue;
      const field = ['serviceAccountName', 'serviceAccount'].find(each => each in pod.value);
      if (field === undefined) continue;
      const message = `the account "${name}" is not in the stream: without it no pod starts, and nothing shows what rights it has`;
      yield {resource, path: [...pod.path, field], message};
    }
  },
};

function* ofBindings(
  stream: StreamIndex,
  accounts: NameIndex<Resource>,
): Iterable<StreamViolation> {
  const roles = new NameIndex<Resource>();
  for (const kind of roleKinds) {
    for (const role of stream.ofKind(kind)) roles.addResource(role, role, `${kind}/`);
  }
  for (const resource of bindingKinds.flatMap(kind => stream.ofKind(kind)).filter(isBinding)) {
    const {value, namespace} = resource;
    const role = asMap(value['roleRef']);
    const kind = role?.['kind'] === 'Role' ? 'Role' : 'ClusterRole';
    const name = textOf(role?.['name'] ?? '');
    const where = kind === 'Role' ? namespace : undefined;
    if (!isBuiltIn(name) && roles.count(`${kind}/${name}`, where) === 0) {
      const message = `the ${kind} "${name}" is not in the stream: whoever creates it decides what the binding grants`;
      yield {resource, path: ['roleRef', 'name'], message};
    }
    for (const [index, item] of asList(value['subjects']).entries()) {
      const subject = asMap(item);
      const account = asString(subject?.['name']) ?? '';
      if (subject?.['kind'] !== 'ServiceAccount' || account === 'default') continue;
      const place = asString(subject['namespace']) ?? namespace;
      if (place?.startsWith('kube-') === true || accounts.count(account, place) > 0) continue;
      const message = `the account "${account}" is not in the stream: whoever may create it gets these rights`;
      yield {resource, path: ['subjects', index, 'name'], message};
    }
  }
}

/** Roles that each cluster has, or that its distribution brings. */
const isBuiltIn = (name: string): boolean =>
  ['admin', 'cluster-admin', 'edit', 'extension-apiserver-authentication-reader', 'view'].includes(
    name,
  ) || name.startsWith('system:');
