import {asList, asMap, asString, valueAt} from '../../json.ts';
import {LabelIndex} from '../../kubernetes/label-index.ts';
import {NameIndex} from '../../kubernetes/name-index.ts';
import {type Grant, grantsOf, includesAny} from '../../kubernetes/rbac.ts';
import type {Resource} from '../../kubernetes/resource.ts';
import {accountOf, type ServiceAccounts} from '../../kubernetes/service-accounts.ts';
import type {StreamIndex} from '../../kubernetes/stream-index.ts';
import type {Workload} from '../../kubernetes/workload.ts';

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
  /** Changes pods or their controllers. */
  readonly rewrites?: Resource;
  /** Reads how the API server authenticates: nobody else does than the API servers that extend it. */
  readonly extends?: Resource;
}
type Duty = Exclude<keyof Duties, 'extends'>;

/** A Role that each cluster has, for the API servers that extend its own. */
const extensionRole = 'extension-apiserver-authentication-reader';

interface DutyRule {
  readonly groups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  /** Whether a role must name the resource: a role that can do everything shows nothing. */
  readonly byName?: true;
}

const changes = ['create', 'update', 'patch'];
const rules: Readonly<Record<Duty, readonly DutyRule[]>> = {
  rewrites: [
    {groups: ['apps'], resources: ['daemonsets', 'deployments', 'statefulsets'], verbs: changes},
    {groups: ['batch'], resources: ['cronjobs', 'jobs'], verbs: changes},
    {groups: [''], resources: ['pods'], verbs: changes},
  ],
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

function registering(verbs: readonly string[]): readonly DutyRule[] {
  return [
    {
      groups: ['admissionregistration.k8s.io'],
      resources: ['validatingwebhookconfigurations', 'mutatingwebhookconfigurations'],
      verbs,
    },
    {groups: ['apiregistration.k8s.io'], resources: ['apiservices'], verbs},
  ];
}

/** The rights that bindings in the stream give the accounts of pods. Each role is read once. */
export class AccountRoles {
  readonly #duties = new NameIndex<Duties>();
  readonly #roles = new NameIndex<Resource>();
  readonly #clusterRoles: LabelIndex<{labels: Record<string, never>; resource: Resource}>;
  readonly #accounts: ServiceAccounts;
  #haveWebhooks = false;
  readonly #known = new Map<Resource, ReadonlySet<Duty>>();

  constructor(stream: StreamIndex) {
    this.#accounts = stream.accounts;
    const labelled = stream.ofKind('ClusterRole').map(resource => ({
      labels: (asMap(valueAt(resource.value, ['metadata', 'labels'])) ?? {}) as never,
      resource,
    }));
    this.#clusterRoles = new LabelIndex(labelled);
    for (const kind of ['ClusterRole', 'Role']) {
      for (const role of stream.ofKind(kind)) {
        this.#roles.addResource(role, role, `${kind}/`);
      }
    }
    for (const kind of ['ClusterRoleBinding', 'RoleBinding']) {
      for (const binding of stream.ofKind(kind)) this.#add(binding);
    }
  }

  /** Whether any account may write webhook configurations or APIServices. */
  get haveWebhooks(): boolean {
    return this.#haveWebhooks;
  }

  /** The duties of the account that the workload's pods run under. */
  dutiesOf({pod, resource}: Pick<Workload, 'pod' | 'resource'>): Duties {
    const identities = this.#accounts.identitiesOf(accountOf(pod.value), resource.namespace);
    const found = identities.flatMap(({name, namespace}) => this.#duties.find(name, namespace));
    return Object.assign({}, ...found);
  }

  #add(binding: Resource): void {
    const {kind, name} = asMap(binding.value['roleRef']) ?? {};
    const isOfCluster = binding.kind === 'ClusterRoleBinding';
    const namespace = kind === 'Role' ? binding.namespace : undefined;
    const roles = this.#roles.find(`${asString(kind) ?? ''}/${asString(name) ?? ''}`, namespace);
    const duties = new Set(roles.flatMap(role => [...this.#dutiesIn(role)]));
    // Webhook configurations are cluster-scoped: a RoleBinding does not grant rights on them.
    const held = [...duties].filter(duty => isOfCluster || !ofCluster.includes(duty));
    const isExtension = name === extensionRole;
    if (held.length === 0 && !isExtension) return;
    if (held.some(duty => ofCluster.includes(duty))) this.#haveWebhooks = true;
    const each = {
      ...Object.fromEntries(held.map(duty => [duty, binding])),
      ...(isExtension ? {extends: binding} : {}),
    };
    for (const item of asList(binding.value['subjects'])) {
      const subject = asMap(item);
      if (subject?.['kind'] !== 'ServiceAccount') continue;
      const own = asString(subject['namespace']) ?? binding.namespace;
      this.#duties.add(asString(subject['name']) ?? '', own, each);
    }
  }

  #dutiesIn(role: Resource): ReadonlySet<Duty> {
    const known = this.#known.get(role);
    if (known !== undefined) return known;
    const duties = new Set<Duty>();
    this.#known.set(role, duties);
    for (const grant of grantsOf(role)) {
      for (const duty of all) if (grantsDuty(grant, duty)) duties.add(duty);
    }
    const selectors = asList(valueAt(role.value, ['aggregationRule', 'clusterRoleSelectors']));
    for (const selector of selectors) {
      const selected = this.#clusterRoles.select(selector, undefined).slice(0, mostAggregated);
      for (const {resource} of selected) {
        for (const duty of this.#dutiesIn(resource)) duties.add(duty);
      }
    }
    return duties;
  }
}

/**
 * How many of the roles that a role aggregates are read, which bounds the cost of a hostile stream.
 */
const mostAggregated = 200;

const all = Object.keys(rules) as readonly Duty[];
const ofCluster: readonly Duty[] = ['registers', 'updates'];

const grantsDuty = (grant: Grant, duty: Duty): boolean =>
  rules[duty].some(
    ({groups, resources, verbs, byName}) =>
      includesAny(grant, 'apiGroups', groups) &&
      includesAny(grant, 'resources', resources) &&
      includesAny(grant, 'verbs', verbs) &&
      (byName !== true || !asList(grant.value['resources']).includes('*')),
  );
