import {UsageError} from '../errors.ts';
import {asMap, isList, type Json, type JsonMap, type Path} from '../json.ts';
import type {Instance} from '../kubernetes/live/instances.ts';
import {type GroupKind, ObjectError, type Resource, toResource} from '../kubernetes/resource.ts';
import {YamlError} from '../yaml/error.ts';
import {locate} from '../yaml/locate.ts';
import type {YamlDocument} from '../yaml/nodes.ts';
import {readDocument, unreadDocument} from '../yaml/read.ts';
import {type DocumentRange, splitDocuments} from '../yaml/split.ts';
import {bracesAt, templateMessage} from './braces.ts';
import type {StreamInput} from './inputs.ts';
import {LineIndex} from './lines.ts';
import {lookAt} from './look.ts';
import {beginsAsResourceList, isResourceList, readResourceListDocument} from './resource-list.ts';

/** What is checked together: the documents of one or more texts, and their objects, in order. */
export interface ObjectStream {
  /** The texts of the documents, in order. */
  readonly inputs: readonly StreamInput[];
  readonly documents: readonly YamlDocument[];
  readonly resources: readonly Resource[];
  /** The number of documents that were skipped unread, with one object each. */
  readonly unread: number;
  /** In a cluster: what controllers have made of its objects. */
  readonly instances?: readonly Instance[];
}

/** A parsed rendered stream. */
export interface ManifestStream extends ObjectStream {
  readonly text: string;
  /** The name that findings and errors give the input. */
  readonly file: string;
  /** The KRM ResourceList around the objects, if the stream is one. */
  readonly resourceList?: JsonMap;
}

/**
 * Parses the KRM ResourceList that kustomize or kpt passes to a function; undefined if `text` does
 * not begin as they write one.
 *
 * @throws {UsageError} if it cannot be read, or is not the only document of the stream
 */
export function readResourceList(text: string, file: string): ManifestStream | undefined {
  if (!beginsAsResourceList(text)) return undefined;
  return placingErrors(text, file, () => {
    const [first, second] = splitDocuments(text).filter(range => !isEmpty(text, range));
    if (first === undefined) return undefined;
    if (second !== undefined) {
      throw new YamlError('a ResourceList must be the only document of its stream', second.start);
    }
    const document = readResourceListDocument(text, first.start, first.end);
    const resourceList = document.value as JsonMap;
    const items: Resource[] = [];
    collectItems(document, {value: resourceList, isObject: false}, [], 0, items);
    const resources = items.map(withoutList);
    const inputs = [{text, file, first: 0}];
    return {text, file, inputs, documents: [document], resources, unread: 0, resourceList};
  });
}

/** The wrapper of a function's input is gone before Helm or a cluster sees the objects. */
const withoutList = ({list: _, ...resource}: Resource): Resource => resource;

/** Whether there are only white space and comments. */
const isEmpty = (text: string, {start, end}: DocumentRange): boolean =>
  text
    .slice(start, end)
    .split('\n')
    .every(line => line.trim() === '' || line.trimStart().startsWith('#'));

/**
 * Parses a stream of manifests as Kubernetes does, whatever their kind: a ResourceList is a list
 * like any other here, and must not contain a policy. A document whose kind is evident, and is not
 * of concern, is skipped unread, except the last, because a truncated stream must not pass.
 *
 * @throws {UsageError} if Kubernetes would refuse the text or a document is not an object, with
 * file, document, line and column
 */
export function readStream(
  text: string,
  file: string,
  isOfConcern: (object: GroupKind) => boolean = () => true,
): ManifestStream {
  const documents: YamlDocument[] = [];
  const resources: Resource[] = [];
  let unread = 0;
  const read = () => {
    const ranges = splitDocuments(text);
    for (const {start, end} of ranges) {
      const isLast = documents.length + 1 === ranges.length;
      if (!isLast && lookAt(text, start, end, isOfConcern) !== undefined) {
        documents.push(unreadDocument(text, start, end));
        unread++;
      } else {
        const document = readDocument(text, start, end);
        requireNoPolicy(document);
        collectObjects(document, documents.length, resources);
        documents.push(document);
      }
    }
    return {text, file, inputs: [{text, file, first: 0}], documents, resources, unread};
  };
  return placingErrors(text, file, read, () => documents.length + 1);
}

/** @throws {YamlError} if a ResourceList contains a policy: the author of the manifests wrote it */
function requireNoPolicy(document: YamlDocument): void {
  const {value} = document;
  if (!isResourceList(value) || (value['functionConfig'] ?? null) === null) return;
  throw new YamlError(
    'a functionConfig is used only under kustomize or kpt: manifests cannot set a policy',
    locate(document, ['functionConfig']),
  );
}

/** @throws {UsageError} for YamlErrors of `read`, with the place in `file` */
function placingErrors<T>(text: string, file: string, read: () => T, document = () => 1): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    const place = {file, document: document(), ...new LineIndex(text).at(error.offset)};
    const mark = bracesAt(text, error.offset);
    const message = mark === undefined ? error.message : templateMessage(mark, error.message);
    throw new UsageError(message, place, {cause: error});
  }
}

function collectObjects(document: YamlDocument, index: number, resources: Resource[]): void {
  if (document.value === null) return;
  collect(document, document.value, [], index, resources);
}

/**
 * Like kubectl, treats every object with a list of `items` as a list of objects, whatever its kind,
 * and gives an item of a `PodList` without a kind the kind `Pod`. Because other tools go by the
 * kind, an object whose kind is not a list also counts as an object.
 */
function collect(
  document: YamlDocument,
  value: Json | undefined,
  path: Path,
  index: number,
  resources: Resource[],
  list?: ListOfItems,
): void {
  const object = asMap(value);
  if (object === undefined) {
    throw new YamlError('an object was expected: a mapping with a `kind`', locate(document, path));
  }
  const resource = placedResource(document, object, path, index, list);
  const holdsItems = isList(object['items']);
  const isOfListKind = resource.kind.endsWith('List');
  if (!holdsItems || !isOfListKind) resources.push(resource);
  if (!holdsItems) return;
  const isObject = !isOfListKind || list?.isObject === true;
  collectItems(document, {value: object, isObject}, path, index, resources);
}

/** What contains `items`. */
interface ListOfItems {
  readonly value: JsonMap;
  /** Whether it, or a list around it, is an object by its kind. */
  readonly isObject: boolean;
}

/** @throws {YamlError} for an ObjectError of `toResource`, with the place in the stream */
function placedResource(
  document: YamlDocument,
  object: JsonMap,
  path: Path,
  index: number,
  list: ListOfItems | undefined,
): Resource {
  try {
    const resource = toResource(object, path, index, list?.value);
    const whole = asMap(document.value);
    if (path.length === 0 || whole === undefined) return resource;
    return {...resource, list: whole, ...(list?.isObject === true ? {isInObject: true} : {})};
  } catch (error) {
    if (!(error instanceof ObjectError)) throw error;
    const offset = locate(document, [...path, ...error.path]);
    throw new YamlError(error.message, offset, {cause: error});
  }
}

function collectItems(
  document: YamlDocument,
  list: ListOfItems,
  path: Path,
  index: number,
  resources: Resource[],
): void {
  const items = list.value['items'];
  if (!isList(items)) return;
  for (const [at, item] of items.entries()) {
    collect(document, item, [...path, 'items', at], index, resources, list);
  }
}
