import {asMap, asString, type JsonMap, type Path} from '../json.ts';

/**
 * An object of the stream: a document of its own, an item of a `List`, or an item of a KRM
 * ResourceList. To a rule they are all the same.
 */
export interface Resource {
  readonly apiVersion: string;
  readonly kind: string;
  /** The name, the prefix that it is generated from, or an empty text. */
  readonly name: string;
  /** As the manifest says it: absent where Helm leaves it to the release. */
  readonly namespace?: string;
  readonly value: JsonMap;
  /** Where the object lies in its document. */
  readonly path: Path;
  /** Its document's place in the stream, from 0. */
  readonly document: number;
}

/**
 * The view of `value` as an object, or undefined where it has no kind. An item of a typed list
 * such as a `PodList` that names no kind has the list's, less "List", and its `apiVersion`.
 */
export function toResource(
  value: JsonMap,
  path: Path,
  document: number,
  list?: JsonMap,
): Resource | undefined {
  const ownKind = asString(value['kind']) ?? '';
  const kind = ownKind === '' ? (asString(list?.['kind']) ?? '').replace(/List$/, '') : ownKind;
  if (kind === '') return undefined;
  const apiVersion = ownKind === '' ? list?.['apiVersion'] : value['apiVersion'];
  const metadata = asMap(value['metadata']);
  const namespace = asString(metadata?.['namespace']);
  return {
    apiVersion: asString(apiVersion) ?? '',
    kind,
    name: asString(metadata?.['name']) ?? asString(metadata?.['generateName']) ?? '',
    ...(namespace === undefined || namespace === '' ? {} : {namespace}),
    value,
    path,
    document,
  };
}

/** The API group of an `apiVersion`: "apps" for `apps/v1`, "" for `v1`. */
export const groupOf = (apiVersion: string): string =>
  apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
