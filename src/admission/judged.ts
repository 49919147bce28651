import {isClusterScoped} from '../kubernetes/cluster-scoped.ts';
import type {Resource} from '../kubernetes/resource.ts';
import type {StreamIndex} from '../kubernetes/stream-index.ts';
import {memoized} from '../memoized.ts';
import type {Judged} from './policy.ts';

/** `resource` with what the stream shows of its namespace. */
export function judgedObject(resource: Resource, stream: StreamIndex): Judged {
  const namespace = isClusterScoped(resource.group, resource.kind) ? '' : namespaceOf(resource);
  return {resource, namespace, namespaceObject: namespacesIn(stream).get(namespace ?? '')};
}

/** The Namespaces of a stream by their names. */
const namespacesIn = memoized(
  (stream: StreamIndex): ReadonlyMap<string, Resource> =>
    new Map(
      stream
        .ofKind('Namespace')
        .filter(({group, name}) => group === '' && name !== '')
        .map(each => [each.name, each] as const),
    ),
);

/** A namespace that Helm filled in, because nobody set one, is not that of the release. */
const namespaceOf = ({
  namespace,
  isNamespaceAssumed,
  givenNamespace,
}: Resource): string | undefined =>
  isNamespaceAssumed === true ? undefined : (namespace ?? givenNamespace);

/** What an expression depends on if neither the manifest nor the call names the namespace. */
export const unknownNamespace = 'the namespace, which neither the manifest nor `--namespace` names';
