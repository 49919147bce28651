import {asList, asMap, asString, type JsonMap} from '../json.ts';
import {namesOf, namespacesOf} from './former-names.ts';
import {NameIndex} from './name-index.ts';
import {isBinding} from './rbac.ts';
import type {Resource} from './resource.ts';

/** The name of the account that a pod runs as. `serviceAccount` is the field's old name. */
export function accountOf(podSpec: JsonMap): string {
  const name = asString(podSpec['serviceAccountName']) || asString(podSpec['serviceAccount']);
  return name || 'default';
}

/** An account's name, and its namespace, which may be the release's. */
interface Identity {
  readonly name: string;
  readonly namespace: string | undefined;
}

/** Of accounts of one name, in namespaces that are not known, so many are looked at. */
const mostAccounts = 8;

const userPrefix = 'system:serviceaccount:';
const groupPrefix = 'system:serviceaccounts:';

/** Groups that every account belongs to. */
const everyone = ['system:serviceaccounts', 'system:authenticated'];

/**
 * The service accounts of a stream and what is bound to them. A namespace that is left out is the
 * release's, which may be any.
 */
export class ServiceAccounts {
  /** The namespaces in which each name is bound; an empty text is the release's. */
  readonly #bound = new Map<string, Set<string>>();
  /** The namespaces all of whose accounts are bound. */
  readonly #namespaces = new Set<string>();
  #isEveryoneBound = false;
  readonly #accounts = new NameIndex<Resource>();

  constructor(resources: readonly Resource[]) {
    for (const resource of resources) {
      if (isBinding(resource)) this.#addBinding(resource);
      else if (resource.kind === 'ServiceAccount') this.#accounts.addResource(resource, resource);
    }
  }

  /** Whether a binding of the stream may give rights to the account. */
  isBound(name: string, namespace: string | undefined): boolean {
    return (
      this.#isEveryoneBound ||
      this.identitiesOf(name, namespace).some(each => this.#isBound(each.name, each.namespace))
    );
  }

  /**
   * The names by which an account may be meant that a pod in `namespace` names: that one, and those that the
   * ServiceAccount has, and had within kustomize.
   */
  identitiesOf(name: string, namespace: string | undefined): readonly Identity[] {
    const accounts = this.#accounts.find(name, namespace).slice(0, mostAccounts);
    return [
      {name, namespace},
      ...accounts.flatMap(account =>
        namesOf(account).flatMap(each =>
          namespacesOf(account).map(place => ({name: each, namespace: place})),
        ),
      ),
    ];
  }

  #isBound(name: string, namespace: string | undefined): boolean {
    if (this.#namespaces.has(namespace ?? '')) return true;
    if (namespace === undefined && this.#namespaces.size > 0) return true;
    const namespaces = this.#bound.get(name);
    if (namespaces === undefined) return false;
    return namespace === undefined || namespaces.has(namespace) || namespaces.has('');
  }

  /** Whether the ServiceAccount, where it is in the stream, keeps its token from pods. */
  isWithoutToken(name: string, namespace: string | undefined): boolean {
    const accounts = this.#accounts.find(name, namespace);
    return (
      accounts.length > 0 &&
      accounts.every(({value}) => value['automountServiceAccountToken'] === false)
    );
  }

  #addBinding({namespace, value}: Resource): void {
    for (const item of asList(value['subjects'])) {
      const subject = asMap(item);
      const name = asString(subject?.['name']) ?? '';
      if (subject?.['kind'] === 'Group') this.#bindGroup(name);
      else if (subject?.['kind'] === 'User') this.#bindUser(name);
      else if (subject?.['kind'] === 'ServiceAccount') {
        this.#bind(name, asString(subject['namespace']) ?? namespace ?? '');
      }
    }
    // OpenShift's own bindings name users and groups in lists as well.
    for (const name of asList(value['userNames'])) this.#bindUser(asString(name) ?? '');
    for (const name of asList(value['groupNames'])) this.#bindGroup(asString(name) ?? '');
  }

  #bindGroup(name: string): void {
    if (everyone.includes(name)) this.#isEveryoneBound = true;
    else if (name.startsWith(groupPrefix)) this.#namespaces.add(name.slice(groupPrefix.length));
  }

  #bindUser(name: string): void {
    if (!name.startsWith(userPrefix)) return;
    const [namespace = '', account = ''] = name.slice(userPrefix.length).split(':', 2);
    this.#bind(account, namespace);
  }

  #bind(name: string, namespace: string): void {
    const namespaces = this.#bound.get(name);
    if (namespaces === undefined) this.#bound.set(name, new Set([namespace]));
    else namespaces.add(namespace);
  }
}
