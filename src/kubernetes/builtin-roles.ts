import {asMap, asString} from '../json.ts';
import {boundAccounts} from './binding-subjects.ts';
import type {Resource} from './resource.ts';

/** What a built-in ClusterRole gives an account. */
interface BuiltInPower {
  /** After "the account". */
  readonly gain: string;
  /** Whether a RoleBinding also grants it, in its namespace. */
  readonly isOfNamespaces: boolean;
}

const runsPods: BuiltInPower = {
  gain: 'can run any pod, as any account and on any node',
  isOfNamespaces: true,
};
const edits: BuiltInPower = {
  gain: 'can read secrets, run any pod, and act as any account',
  isOfNamespaces: true,
};

/**
 * Built-in ClusterRoles besides `cluster-admin` that lead to every right: bound in the whole
 * cluster, they also hold in `kube-system`. As k8s.io/kubernetes v1.36 defines them in
 * `plugin/pkg/auth/authorizer/rbac/bootstrappolicy/testdata`.
 */
const byName: ReadonlyMap<string, BuiltInPower> = new Map([
  ['admin', edits],
  ['edit', edits],
  ['system:aggregate-to-admin', edits],
  ['system:aggregate-to-edit', edits],
  [
    'system:controller:certificate-controller',
    {gain: 'can approve and sign certificates for any user', isOfNamespaces: false},
  ],
  [
    'system:controller:clusterrole-aggregation-controller',
    {gain: 'can add any right to any ClusterRole, its own too', isOfNamespaces: false},
  ],
  ['system:controller:cronjob-controller', runsPods],
  ['system:controller:daemon-set-controller', runsPods],
  ['system:controller:deployment-controller', runsPods],
  [
    'system:controller:generic-garbage-collector',
    {gain: 'can read, change and delete every object', isOfNamespaces: true},
  ],
  ['system:controller:job-controller', runsPods],
  [
    'system:controller:namespace-controller',
    {gain: 'can read and delete every object', isOfNamespaces: true},
  ],
  ['system:controller:persistent-volume-binder', runsPods],
  ['system:controller:replicaset-controller', runsPods],
  ['system:controller:replication-controller', runsPods],
  [
    'system:controller:resourcequota-controller',
    {gain: 'can read every secret', isOfNamespaces: true},
  ],
  ['system:controller:statefulset-controller', runsPods],
  [
    'system:kube-controller-manager',
    {gain: 'can read every secret, and act as any account', isOfNamespaces: true},
  ],
  [
    'system:kubelet-api-admin',
    {gain: 'can run commands in every pod, through the kubelet', isOfNamespaces: false},
  ],
  ['system:node', {gain: 'can read every secret, and act as any account', isOfNamespaces: true}],
]);

/** The built-in ClusterRoles that lead to every right; the first list also does in one namespace. */
export const builtInPowers = {
  ofNamespaces: [...byName].flatMap(([name, {isOfNamespaces}]) => (isOfNamespaces ? [name] : [])),
  ofCluster: [...byName].flatMap(([name, {isOfNamespaces}]) => (isOfNamespaces ? [] : [name])),
};

/** The namespace with the accounts of the built-in controllers, and the prefix of their roles. */
export const controllers = {namespace: 'kube-system', prefix: 'system:controller:'};

/**
 * What a binding of such a role gives the service accounts that it names, after "the account";
 * undefined if it names none, besides the controller that the role is made for.
 */
export function builtInPowerOf(binding: Resource): string | undefined {
  const role = asMap(binding.value['roleRef']);
  const name = asString(role?.['name']) ?? '';
  const power = role?.['kind'] === 'Role' ? undefined : byName.get(name);
  if (power === undefined) return undefined;
  if (binding.kind === 'RoleBinding' && !power.isOfNamespaces) return undefined;
  const isNamed = [...boundAccounts(binding)].some(
    account => account.are === 'one' && !isItsController(name, account.name, account.namespace),
  );
  return isNamed ? power.gain : undefined;
}

const isItsController = (role: string, account: string, namespace: string | undefined): boolean =>
  role === `${controllers.prefix}${account}` && namespace === controllers.namespace;
