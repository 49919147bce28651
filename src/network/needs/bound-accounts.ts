import {asList, asMap, asString} from '../../json.ts';
import {NameIndex} from '../../kubernetes/name-index.ts';
import type {Resource} from '../../kubernetes/resource.ts';
import {accountOf, type ServiceAccounts} from '../../kubernetes/service-accounts.ts';
import type {StreamIndex} from '../../kubernetes/stream-index.ts';
import type {Workload} from '../../kubernetes/workload.ts';
import type {Evidence} from './connection.ts';

/** The service accounts that a RoleBinding or ClusterRoleBinding of the stream names. */
export class BoundAccounts {
  readonly #bindings = new NameIndex<Evidence>();

  readonly #accounts: ServiceAccounts;

  constructor(stream: StreamIndex) {
    this.#accounts = stream.accounts;
    for (const kind of ['RoleBinding', 'ClusterRoleBinding']) {
      for (const resource of stream.ofKind(kind)) this.#add(resource);
    }
  }

  /** The binding of the account of the pods, if there is one. */
  bindingOf({pod, resource}: Workload): Evidence | undefined {
    const identities = this.#accounts.identitiesOf(accountOf(pod.value), resource.namespace);
    for (const {name, namespace} of identities) {
      const [found] = this.#bindings.find(name, namespace);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #add(resource: Resource): void {
    for (const [at, item] of asList(resource.value['subjects']).entries()) {
      const subject = asMap(item);
      const name = asString(subject?.['name']);
      if (subject?.['kind'] !== 'ServiceAccount' || name === undefined) continue;
      const namespace = asString(subject['namespace']) ?? resource.namespace;
      this.#bindings.add(name, namespace, {
        reason: 'binds the service account of the pods, which then call the API server',
        resource,
        path: ['subjects', at],
      });
    }
  }
}
