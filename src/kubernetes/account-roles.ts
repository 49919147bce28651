import {asList, asMap, asString} from '../json.ts';
import {
  type GroupResources,
  otherResources,
  podDecidingResources,
  policyResources,
} from './admission-rules.ts';
import {boundAccounts} from './binding-subjects.ts';
import {NameIndex} from './name-index.ts';
import {
  type Grant,
  grantsOf,
  includesAny,
  isBinding,
  roleKinds,
  selectorsOfAdministrators,
  selectorsOfEdit,
} from './rbac.ts';
import type {Resource} from './resource.ts';
import type {RoleAggregation} from './role-aggregation.ts';
import {accountOf, type ServiceAccounts} from './service-accounts.ts';
import type {Workload} from './workload.ts';

/** Rights of an account that undo what has been checked, each with the binding that grants it. */
export interface Powers {
  /** Changes pods or their controllers. */
  readonly rewrites?: Resource;
  /** Changes or deletes network policies. */
  readonly opens?: Resource;
  /** Changes Services, Ingresses or roles. */
  readonly exposes?: Resource;
}
type Power = keyof Powers;

/** Rights of an account that show the purpose of its pods, each with the binding that grants it. */
export interface Duties {
  /** Creates webhook configurations or APIServices. */
  readonly registers?: Resource;
  /** Changes existing ones. */
  readonly updates?: Resource;
  /** Reads Ingresses. */
  readonly ingresses?: Resource;
  /** Reads Gateways or their routes. */
  readonly gateways?: Resource;
  /** Writes the status of Ingresses or Gateways, which only their controllers do. */
  readonly serves?: Resource;
  /** Reads how the API server authenticates: nobody else does than the API servers that extend it. */
  readonly extends?: Resource;
}

type Right = keyof Duties | Power;
type Rights = Partial<Record<Right, Resource>>;

interface RightRule {
  readonly groups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  /** Whether a role must name the resource: a role that can do everything shows nothing. */
  readonly byName?: true;
}

const changes = ['create', 'update', 'patch'];
const deletions = ['delete', 'deletecollection'];

const writing = (resources: GroupResources, verbs: readonly string[]): readonly RightRule[] =>
  Object.entries(resources).map(([group, names]) => ({groups: [group], resources: names, verbs}));

/** The rights that rules of roles give. */
type GivenRight = Exclude<Right, 'extends'>;

const rules: Readonly<Record<GivenRight, readonly RightRule[]>> = {
  rewrites: writing(podDecidingResources, changes),
  opens: writing(policyResources, [...changes, ...deletions]),
  exposes: writing(otherResources, changes),
  registers: registering(['create']),
  updates: registering(['update', 'patch']),
  ingresses: [
    {groups: ['networking.k8s.io', 'extensions'], resources: ['ingresses'], verbs: ['list']},
  ],
  gateways: [
    {groups: ['gateway.networking.k8s.io'], resources: ['gateways'], verbs: ['list']},
    {groups: ['networking.istio.io'], resources: ['gateways'], verbs: ['list']},
  ],
  serves: [
    {
      groups: ['networking.k8s.io', 'extensions', 'gateway.networking.k8s.io'],
      resources: ['ingresses/status', 'gateways/status'],
      verbs: ['update', 'patch'],
      byName: true,
    },
  ],
};
const all = Object.keys(rules) as readonly GivenRight[];
const powers = ['rewrites', 'opens', 'exposes'] as const satisfies readonly Power[];

/** The rights of roles that each cluster has; API servers that extend its own need the last. */
const builtIn: Readonly<Record<string, readonly Right[]>> = {
  'ClusterRole/cluster-admin': powers,
  'ClusterRole/admin': powers,
  'ClusterRole/edit': powers,
  'Role/extension-apiserver-authentication-reader': ['extends'],
};

function registering(verbs: readonly string[]): readonly RightRule[] {
  return [
    {
      groups: ['admissionregistration.k8s.io'],
      resources: ['validatingwebhookconfigurations', 'mutatingwebhookconfigurations'],
      verbs,
    },
    {groups: ['apiregistration.k8s.io'], resources: ['apiservices'], verbs},
  ];
}

/** Webhook configurations are cluster-scoped: a RoleBinding does not grant rights on them. */
const ofCluster: readonly Right[] = ['registers', 'updates'];

/** What the rights of accounts are found in. */
interface RoleSource {
  readonly accounts: ServiceAccounts;
  readonly roleAggregation: RoleAggregation;
  ofKind(kind: string): readonly Resource[];
}

/** The rights that bindings in the stream give the accounts of pods. Each role is read once. */
export class AccountRoles {
  /** The rights of accounts that a binding names. */
  readonly #own = new NameIndex<Rights>();
  /** The rights of all accounts of a namespace, under an empty name. */
  readonly #ofNamespaces = new NameIndex<Rights>();
  readonly #ofAll: Rights = {};
  readonly #accounts: ServiceAccounts;
  #haveWebhooks = false;

  /** @throws {UsageError} if it takes too long to find which roles aggregate which */
  constructor(stream: RoleSource) {
    this.#accounts = stream.accounts;
    const roles = new RoleRights(stream);
    for (const kind of ['ClusterRoleBinding', 'RoleBinding']) {
      for (const binding of stream.ofKind(kind).filter(isBinding)) this.#add(binding, roles);
    }
  }

  /** Whether any account may write webhook configurations or APIServices. */
  get haveWebhooks(): boolean {
    return this.#haveWebhooks;
  }

  /** The duties of the account that the workload's pods run under, by bindings that name it. */
  dutiesOf(workload: PodsOfAccount): Duties {
    return Object.assign({}, ...this.#ownRightsOf(workload));
  }

  /** The powers of that account, also as a member of groups. */
  powersOf(workload: PodsOfAccount): Powers {
    return Object.assign(
      {},
      this.#ofAll,
      ...this.#ofNamespaces.find('', workload.resource.namespace),
      ...this.#ownRightsOf(workload),
    );
  }

  #ownRightsOf({pod, resource}: PodsOfAccount): readonly Rights[] {
    return this.#accounts
      .identitiesOf(accountOf(pod.value), resource.namespace)
      .flatMap(({name, namespace}) => this.#own.find(name, namespace));
  }

  #add(binding: Resource, roles: RoleRights): void {
    const isOfCluster = binding.kind === 'ClusterRoleBinding';
    const held = roles.boundBy(binding).filter(right => isOfCluster || !ofCluster.includes(right));
    if (held.length === 0) return;
    if (held.some(right => ofCluster.includes(right))) this.#haveWebhooks = true;
    const rights = Object.fromEntries(held.map(right => [right, binding]));
    for (const accounts of boundAccounts(binding)) {
      if (accounts.are === 'all') Object.assign(this.#ofAll, rights);
      else if (accounts.are === 'one') give(this.#own, accounts.name, accounts.namespace, rights);
      else give(this.#ofNamespaces, '', accounts.namespace, rights);
    }
  }
}

type PodsOfAccount = Pick<Workload, 'pod' | 'resource'>;

/** Adds `rights` to those that are known, so that there is one item for each account. */
function give(
  index: NameIndex<Rights>,
  name: string,
  namespace: string | undefined,
  rights: Rights,
): void {
  const [known] = index.exactly(name, namespace);
  if (known === undefined) index.add(name, namespace, {...rights});
  else Object.assign(known, rights);
}

/** The rights that each role of a stream grants, also by aggregation, and the built-in ones. */
class RoleRights {
  /** By kind and name: `Role/a`. */
  readonly #roles = new NameIndex<ReadonlySet<Right>>();
  readonly #bound = new Map<string, readonly Right[]>();

  constructor(stream: RoleSource) {
    const rights = new Map<Resource, Set<Right>>();
    for (const kind of roleKinds) {
      for (const role of stream.ofKind(kind)) {
        const own = new Set(rightsIn(role));
        rights.set(role, own);
        this.#roles.addResource(role, own, `${kind}/`);
      }
    }
    for (const right of all) {
      const granting = [...rights].filter(([, own]) => own.has(right)).map(([role]) => role);
      const roles = stream.roleAggregation.withAggregatorsOf(granting);
      for (const role of roles) rights.get(role)?.add(right);
    }
  }

  /** The rights that a binding grants, wherever they apply. */
  boundBy(binding: Resource): readonly Right[] {
    const {kind, name} = asMap(binding.value['roleRef']) ?? {};
    const namespace = kind === 'Role' ? binding.namespace : undefined;
    const role = `${asString(kind) ?? ''}/${asString(name) ?? ''}`;
    const key = JSON.stringify([role, namespace ?? null]);
    const known = this.#bound.get(key);
    if (known !== undefined) return known;
    const found = new Set(this.#roles.find(role, namespace).flatMap(rights => [...rights]));
    for (const right of builtIn[role] ?? []) found.add(right);
    const rights = [...found];
    this.#bound.set(key, rights);
    return rights;
  }
}

function* rightsIn(role: Resource): Iterable<Right> {
  for (const grant of grantsOf(role)) {
    for (const right of all) if (isGranted(grant, right)) yield right;
  }
  if (selectorsOfEdit(role).length > 0 || selectorsOfAdministrators(role).length > 0) yield* powers;
}

const isGranted = (grant: Grant, right: GivenRight): boolean =>
  rules[right].some(
    ({groups, resources, verbs, byName}) =>
      includesAny(grant, 'apiGroups', groups) &&
      includesAny(grant, 'resources', byName ? resources : resources.flatMap(withWildcard)) &&
      includesAny(grant, 'verbs', verbs) &&
      (byName !== true || !asList(grant.value['resources']).includes('*')),
  );

/** RBAC has one more wildcard: a subresource of all resources. */
const withWildcard = (resource: string): readonly string[] =>
  resource.includes('/') ? [resource, resource.replace(/^.*(?=\/)/, '*')] : [resource];
