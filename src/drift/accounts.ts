import {asList, asMap, textOf, valueAt} from '../json.ts';
import {boundAccounts} from '../kubernetes/binding-subjects.ts';
import {NameIndex} from '../kubernetes/name-index.ts';
import type {PodSpec} from '../kubernetes/pod-spec.ts';
import {isBinding, roleKinds} from '../kubernetes/rbac.ts';
import type {Resource} from '../kubernetes/resource.ts';
import {accountOf} from '../kubernetes/service-accounts.ts';
import type {StableNames} from '../kubernetes/stable-names.ts';
import type {StreamIndex} from '../kubernetes/stream-index.ts';
import {powerfulRoles} from '../rules/no-cluster-admin.ts';
import {type Severity, worseOf} from '../severity.ts';
import type {Fact} from './posture.ts';

/** The severity of the worst finding in an object. */
type SeverityOf = (resource: Resource) => Severity;

/** Says under which accounts pods run, and which roles the bindings of the stream give these. */
export class AccountWords {
  readonly #stream: StreamIndex;
  readonly #names: StableNames;
  readonly #severityOf: SeverityOf;
  /** The roles of accounts by name, and of all accounts of a namespace under an empty name. */
  readonly #roles = new NameIndex<Fact>();
  readonly #ofAll: Fact[] = [];

  constructor(stream: StreamIndex, names: StableNames, severityOf: SeverityOf) {
    this.#stream = stream;
    this.#names = names;
    this.#severityOf = severityOf;
    const roles = new NameIndex<Resource>();
    for (const kind of roleKinds) {
      for (const role of stream.ofKind(kind)) roles.addResource(role, role, `${kind}/`);
    }
    for (const kind of ['ClusterRoleBinding', 'RoleBinding']) {
      for (const binding of stream.ofKind(kind).filter(isBinding)) this.#add(binding, roles);
    }
  }

  #add(binding: Resource, roles: NameIndex<Resource>): void {
    const {kind, name} = asMap(binding.value['roleRef']) ?? {};
    const namespace = kind === 'Role' ? binding.namespace : undefined;
    const found = roles.find(`${textOf(kind)}/${textOf(name)}`, namespace);
    const known = found.map(this.#severityOf).reduce(worseOf, this.#severityOf(binding));
    const isPowerful = kind === 'ClusterRole' && powerfulRoles.includes(textOf(name));
    const severity = isPowerful ? worseOf(known, 'high') : known;
    const where =
      binding.kind === 'RoleBinding' ? this.#names.namespace(binding.namespace) : 'the cluster';
    const place = where === undefined ? '' : ` in ${where}`;
    const fact = {
      text: `${textOf(kind)}/${this.#names.within(textOf(name), binding)}${place}`,
      severity,
    };
    for (const accounts of boundAccounts(binding)) {
      if (accounts.are === 'all') this.#ofAll.push(fact);
      else this.#roles.add(accounts.are === 'one' ? accounts.name : '', accounts.namespace, fact);
    }
  }

  /** The accounts whose tokens the pods of an object have, then their roles. */
  *of(resource: Resource, pods: readonly PodSpec[]): Iterable<Fact> {
    for (const pod of pods) {
      if (pod.form !== 'template' || !this.#hasToken(pod)) continue;
      const name = accountOf(pod.value);
      const roles = [
        ...this.#ofAll,
        ...this.#roles.find('', resource.namespace),
        ...this.#stream.accounts
          .identitiesOf(name, resource.namespace)
          .flatMap(each => this.#roles.find(each.name, each.namespace)),
      ];
      yield {text: `ServiceAccount/${this.#names.within(name, resource)}`, severity: 'low'};
      yield* roles;
    }
  }

  /** A volume can mount a token that the pod does not mount by itself. */
  #hasToken({value, resource}: PodSpec): boolean {
    const isMounted = value['automountServiceAccountToken'];
    if (isMounted === true || isProjected(value)) return true;
    if (isMounted === false) return false;
    return !this.#stream.accounts.isWithoutToken(accountOf(value), resource.namespace);
  }
}

const isProjected = (pod: PodSpec['value']): boolean =>
  asList(pod['volumes']).some(volume =>
    asList(valueAt(volume, ['projected', 'sources'])).some(
      source => asMap(source)?.['serviceAccountToken'] !== undefined,
    ),
  );
