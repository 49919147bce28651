import {UsageError} from '../errors.ts';
import {asMap, asString, isList, isMap, type Json, type JsonMap, type Path} from '../json.ts';
import {type Resource, toResource} from '../kubernetes/resource.ts';
import {YamlError} from '../yaml/error.ts';
import {locate} from '../yaml/locate.ts';
import type {YamlDocument} from '../yaml/nodes.ts';
import {readDocument} from '../yaml/read.ts';
import {LineIndex} from './lines.ts';
import {type DocumentRange, splitDocuments} from './split.ts';

/** A rendered stream, read: its documents and the objects that they hold, in order. */
export interface ManifestStream {
  readonly text: string;
  /** The name that findings and errors give the input. */
  readonly file: string;
  readonly documents: readonly YamlDocument[];
  readonly resources: readonly Resource[];
  /** The KRM ResourceList that wraps the objects, where the stream is one. */
  readonly resourceList?: JsonMap;
}

/**
 * Reads `text` as Kubernetes does. A KRM ResourceList, which must be the stream's only document,
 * is read as kustomize wrote it.
 *
 * @throws {UsageError} where Kubernetes would refuse the text or a document is no object, with
 * the file, the document, the line and the column
 */
export function readStream(text: string, file: string): ManifestStream {
  const documents: YamlDocument[] = [];
  try {
    const ranges = splitDocuments(text);
    const resourceList = readResourceList(text, ranges);
    if (resourceList !== undefined) return openResourceList(text, file, resourceList);
    const resources: Resource[] = [];
    for (const {start, end} of ranges) {
      const document = readDocument(text, start, end);
      collectObjects(document, documents.length, resources);
      documents.push(document);
    }
    return {text, file, documents, resources};
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    const place = {file, document: documents.length + 1, ...new LineIndex(text).at(error.offset)};
    throw new UsageError(error.message, place, {cause: error});
  }
}

function readResourceList(
  text: string,
  ranges: readonly DocumentRange[],
): YamlDocument | undefined {
  const [first, second] = ranges;
  if (first === undefined || !text.slice(first.start, first.end).includes('ResourceList')) {
    return undefined;
  }
  const document = readDocument(text, first.start, first.end, 'kyaml');
  if (!isResourceList(document.value)) return undefined;
  if (second !== undefined) {
    throw new YamlError('a ResourceList must be the only document of its stream', second.start);
  }
  return document;
}

const isResourceList = (value: Json): value is JsonMap =>
  isMap(value) &&
  value['kind'] === 'ResourceList' &&
  (asString(value['apiVersion']) ?? '').startsWith('config.kubernetes.io/');

function openResourceList(text: string, file: string, document: YamlDocument): ManifestStream {
  const resourceList = asMap(document.value) as JsonMap;
  const resources: Resource[] = [];
  collectItems(document, resourceList, [], 0, resources);
  return {text, file, documents: [document], resources, resourceList};
}

function collectObjects(document: YamlDocument, index: number, resources: Resource[]): void {
  if (document.value === null) return;
  collect(document, document.value, [], index, resources);
}

/**
 * Like kubectl, takes every object with a list of `items` for a list of objects, whatever it calls
 * itself, and gives an item of a `PodList` that names no kind the kind `Pod`.
 */
function collect(
  document: YamlDocument,
  value: Json | undefined,
  path: Path,
  index: number,
  resources: Resource[],
  list?: JsonMap,
): void {
  const object = asMap(value);
  if (object === undefined) {
    throw new YamlError('an object was expected: a mapping with a `kind`', locate(document, path));
  }
  const resource = toResource(object, path, index, list);
  if (resource === undefined) {
    throw new YamlError('an object must have a `kind`', locate(document, path));
  }
  if (isList(object['items'])) collectItems(document, object, path, index, resources);
  else resources.push(resource);
}

function collectItems(
  document: YamlDocument,
  list: JsonMap,
  path: Path,
  index: number,
  resources: Resource[],
): void {
  const items = list['items'];
  if (!isList(items)) return;
  for (const [at, item] of items.entries()) {
    collect(document, item, [...path, 'items', at], index, resources, list);
  }
}
