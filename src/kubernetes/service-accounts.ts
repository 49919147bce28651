import {asString, type JsonMap} from '../json.ts';
import {boundAccounts} from './binding-subjects.ts';
import {namesOf, namespacesOf} from './former-names.ts';
import {NameIndex} from './name-index.ts';
import {isBinding} from './rbac.ts';
import type {Resource} from './resource.ts';

/** The name of the account that a pod runs as. `serviceAccount` is the field's old name. */
export function accountOf(podSpec: JsonMap): string {
  const name = asString(podSpec['serviceAccountName']) || asString(podSpec['serviceAccount']);
  return name || 'default';
}

/** The name of an account, and its namespace, which may be that of the release. */
interface Identity {
  readonly name: string;
  readonly namespace: string | undefined;
}

/** How many accounts with one name, in unknown namespaces, are looked at. */
const mostAccounts = 8;

/**
 * The service accounts of a stream and their bindings. A missing namespace is that of the release,
 * which may be any.
 */
export class ServiceAccounts {
  /** The namespaces in which each name is bound; an empty string is that of the release. */
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

  /** Whether a binding in the stream may give rights to the account. */
  isBound(name: string, namespace: string | undefined): boolean {
    return (
      this.#isEveryoneBound ||
      this.identitiesOf(name, namespace).some(each => this.#isBound(each.name, each.namespace))
    );
  }

  /**
   * The names that may refer to an account that a pod in `namespace` names: that name, and those
   * that the ServiceAccount has, or had within kustomize.
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

  /** Whether the ServiceAccount, if it is in the stream, does not mount its token. */
  isWithoutToken(name: string, namespace: string | undefined): boolean {
    const accounts = this.#accounts.find(name, namespace);
    return (
      accounts.length > 0 &&
      accounts.every(({value}) => value['automountServiceAccountToken'] === false)
    );
  }

  #addBinding(binding: Resource): void {
    for (const accounts of boundAccounts(binding)) {
      if (accounts.are === 'all') this.#isEveryoneBound = true;
      else if (accounts.are === 'one') this.#bind(accounts.name, accounts.namespace ?? '');
      else this.#namespaces.add(accounts.namespace);
    }
  }

  #bind(name: string, namespace: string): void {
    const namespaces = this.#bound.get(name);
    if (namespaces === undefined) this.#bound.set(name, new Set([namespace]));
    else namespaces.add(namespace);
  }
}
