import {asList, asMap, asString} from '../../json.ts';
import {NameIndex} from '../../kubernetes/name-index.ts';
import type {Resource} from '../../kubernetes/resource.ts';
import type {StreamIndex} from '../../kubernetes/stream-index.ts';
import type {Workload} from '../../kubernetes/workload.ts';
import type {Evidence} from './connection.ts';

/** The service accounts that a RoleBinding or ClusterRoleBinding of the stream names. */
export class BoundAccounts {
  readonly #bindings = new NameIndex<Evidence>();

  constructor(stream: StreamIndex) {
    for (const kind of ['RoleBinding', 'ClusterRoleBinding']) {
      for (const resource of stream.ofKind(kind)) this.#add(resource);
    }
  }

  /** What binds the account that the workload's pods run under, or undefined. */
  bindingOf({pod, resource}: Workload): Evidence | undefined {
    const account =
      asString(pod.value['serviceAccountName']) ?? asString(pod.value['serviceAccount']);
    return this.#bindings.find(account ?? 'default', resource.namespace)[0];
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
