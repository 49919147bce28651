import {asList, asMap, asString, type JsonMap} from '../json.ts';
import {isBinding} from './rbac.ts';
import type {Resource} from './resource.ts';

/** The name of the account that a pod runs as. `serviceAccount` is the field's old name. */
export function accountOf(podSpec: JsonMap): string {
  const name = asString(podSpec['serviceAccountName']) || asString(podSpec['serviceAccount']);
  return name || 'default';
}

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
  readonly #withoutToken = new Set<string>();

  constructor(resources: readonly Resource[]) {
    for (const resource of resources) {
      if (isBinding(resource)) this.#addBinding(resource);
      else if (resource.kind === 'ServiceAccount') this.#addAccount(resource);
    }
  }

  /** Whether a binding of the stream may give rights to the account. */
  isBound(name: string, namespace: string | undefined): boolean {
    if (this.#isEveryoneBound) return true;
    if (this.#namespaces.has(namespace ?? '')) return true;
    if (namespace === undefined && this.#namespaces.size > 0) return true;
    const namespaces = this.#bound.get(name);
    if (namespaces === undefined) return false;
    return namespace === undefined || namespaces.has(namespace) || namespaces.has('');
  }

  /** Whether the ServiceAccount, where it is in the stream, keeps its token from pods. */
  isWithoutToken(name: string, namespace: string | undefined): boolean {
    return this.#withoutToken.has(`${namespace ?? ''}/${name}`);
  }

  #addAccount({name, namespace, value}: Resource): void {
    if (value['automountServiceAccountToken'] !== false) return;
    this.#withoutToken.add(`${namespace ?? ''}/${name}`);
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
