import {isClusterScoped} from '../kubernetes/cluster-scoped.ts';
import type {Resource} from '../kubernetes/resource.ts';
import type {KnownRelease} from '../kubernetes/stable-names.ts';
import type {YamlDocument} from '../yaml/nodes.ts';
import type {StreamInput} from './inputs.ts';
import type {ObjectStream} from './manifest-stream.ts';

/** `streams` as one, in order: what is applied together is checked together. */
export function joined(streams: readonly ObjectStream[]): ObjectStream {
  const inputs: StreamInput[] = [];
  const documents: YamlDocument[] = [];
  const resources: Resource[] = [];
  let unread = 0;
  for (const stream of streams) {
    const [before, inputsBefore] = [documents.length, inputs.length];
    for (const input of stream.inputs) inputs.push({...input, first: before + input.first});
    for (const resource of stream.resources) {
      const document = before + resource.document;
      resources.push({...resource, document, input: inputsBefore + (resource.input ?? 0)});
    }
    for (const document of stream.documents) documents.push(document);
    unread += stream.unread;
  }
  return {inputs, documents, resources, unread};
}

/** `stream` marked as rendered for us. */
export const asRendering = (stream: ObjectStream): ObjectStream => ({
  ...stream,
  inputs: stream.inputs.map(input => ({...input, isRendering: true})),
});

/** `stream` marked as what Helm renders for `release`, whose namespace the user may not have set. */
export function asRelease(stream: ObjectStream, release: KnownRelease): ObjectStream {
  const {inputs, resources, ...rest} = asRendering(stream);
  return {
    ...rest,
    inputs: inputs.map(input => ({...input, release})),
    resources:
      release.namespace === undefined
        ? resources.map(inAssumedNamespace)
        : inNamespace(resources, release.namespace),
  };
}

/** `stream` as the release, and in the namespace, that the user names: both are of all its objects. */
export const placedIn = <Stream extends ObjectStream>(
  stream: Stream,
  known: KnownRelease,
): Stream => ({
  ...stream,
  inputs: stream.inputs.map(input => ({...input, release: {...known, ...input.release}})),
  resources:
    known.namespace === undefined
      ? stream.resources
      : inNamespace(stream.resources, known.namespace),
});

/** `resources` as they will be in `namespace`, which their manifests need not name. */
const inNamespace = (resources: readonly Resource[], namespace: string): readonly Resource[] =>
  resources.map(resource =>
    resource.namespace !== undefined || isClusterScoped(resource.group, resource.kind)
      ? resource
      : {...resource, givenNamespace: namespace},
  );

const inAssumedNamespace = (resource: Resource): Resource =>
  resource.namespace === defaultNamespace ? {...resource, isNamespaceAssumed: true} : resource;

/** The namespace that Helm uses if neither the command line nor the kubeconfig sets one. */
const defaultNamespace = 'default';
