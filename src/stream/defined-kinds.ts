import type {JsonMap} from '../json.ts';
import {asMap} from '../json.ts';
import {DefinedPlaces, isOpen, kindDefinedBy} from '../kubernetes/defined-places.ts';
import type {PodPlaces} from '../kubernetes/pod-places.ts';
import type {GroupKind, Resource} from '../kubernetes/resource.ts';
import {readDocument} from '../yaml/read.ts';
import type {ObjectStream} from './manifest-stream.ts';

const keyOf = ({group, kind}: GroupKind): string => `${group}/${kind}`;

const isDefinition = ({group, kind}: GroupKind): boolean =>
  group === 'apiextensions.k8s.io' && kind === 'CustomResourceDefinition';

/**
 * `policy`, with the pods that the CustomResourceDefinitions of the stream show in its custom resources. Neither kinds
 * that kube-harden knows nor those that the policy declares are looked up: a chart cannot change what is known about them.
 *
 * @throws {UsageError} if the definitions are too large
 */
export function knowingDefined<P extends {readonly workloads: PodPlaces}>(
  policy: P,
  stream: ObjectStream,
): P {
  const places = definedIn(stream, policy.workloads);
  return places.size === 0
    ? policy
    : {...policy, workloads: new Map([...policy.workloads, ...places])};
}

const none: PodPlaces = new Map();

/** What was found for the objects of a stream: several commands ask more than once. */
const known = new WeakMap<readonly Resource[], WeakMap<PodPlaces, PodPlaces>>();

function definedIn(stream: ObjectStream, declared: PodPlaces): PodPlaces {
  const ofStream = known.get(stream.resources) ?? new WeakMap<PodPlaces, PodPlaces>();
  known.set(stream.resources, ofStream);
  const found = ofStream.get(declared) ?? findDefined(stream, declared);
  ofStream.set(declared, found);
  return found;
}

function findDefined(stream: ObjectStream, declared: PodPlaces): PodPlaces {
  const wanted = new Set<string>();
  for (const object of stream.resources) if (isOpen(object, declared)) wanted.add(keyOf(object));
  if (wanted.size === 0) return none;
  const defined = new DefinedPlaces();
  for (const definition of definitionsIn(stream, wanted)) {
    if (wanted.has(keyOf(kindDefinedBy(definition)))) defined.add(definition);
  }
  return defined.places;
}

/** The definitions in a stream, of which only those of `wanted` kinds must be read. */
function* definitionsIn(
  {resources, documents}: ObjectStream,
  wanted: ReadonlySet<string>,
): Iterable<JsonMap> {
  for (const resource of resources) if (isDefinition(resource)) yield resource.value;
  for (const {text, start, end, nodes} of documents) {
    if (nodes.count > 0 || start === end) continue;
    const document = text.slice(start, end);
    if (!isUnreadDefinition.test(document) || !mayDefine(document, wanted)) continue;
    const value = asMap(readDocument(text, start, end).value);
    if (value !== undefined) yield value;
  }
}

/** A document is skipped unread only if its kind is on a line of its own. */
const isUnreadDefinition = /^kind: CustomResourceDefinition$/m;

/** Whether a definition in the usual form is of a wanted kind; one in another form may be. */
function mayDefine(document: string, wanted: ReadonlySet<string>): boolean {
  const group = /^ {2}group: ([a-z][-a-z0-9.]*)$/m.exec(document)?.[1];
  const kind = /^ {4}kind: ([A-Z][A-Za-z0-9]*)$/m.exec(document)?.[1];
  return group === undefined || kind === undefined || wanted.has(`${group}/${kind}`);
}
