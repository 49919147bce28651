import {asMap, asString, type Json, type JsonMap, type Path, textOf, toPointer} from '../json.ts';
import {isClusterScoped} from './cluster-scoped.ts';
import {isKind, parseGroupVersion} from './group-version.ts';

/** The identity of a kind: two groups may have kinds with the same name. */
export interface GroupKind {
  /** "apps" of `apps/v1`; empty for Kubernetes' core. */
  readonly group: string;
  readonly kind: string;
}

/**
 * An object of the stream: a document of its own, an item of a `List`, or an item of a KRM
 * ResourceList. To a rule they are all the same.
 */
export interface Resource extends GroupKind {
  /** As written in the manifest, for people to read: `group` and `version` are its meaning. */
  readonly apiVersion: string;
  readonly version: string;
  /** The name, the prefix of a generated name, or an empty string. */
  readonly name: string;
  /** As written in the manifest; absent if Helm leaves it to the release, or objects of the kind are in no namespace. */
  readonly namespace?: string;
  /**
   * Present if Helm filled in a namespace that nobody has set: the namespace of the release is
   * unknown.
   */
  readonly isNamespaceAssumed?: true;
  /** The namespace that the call names, in which it will be because its manifest names none. */
  readonly givenNamespace?: string;
  readonly value: JsonMap;
  /** The value as it was read, if it has been rewritten since. */
  readonly read?: JsonMap;
  /** The object of the document, if this one is in a list: for Helm, the list is the hook. */
  readonly list?: JsonMap;
  /** Present if it is among the `items` of an object that is not a list by its kind: not all tools apply it. */
  readonly isInObject?: true;
  /** The path of the object in its document. */
  readonly path: Path;
  /** The index of its document in the stream, from 0. */
  readonly document: number;
  /** The index of its text in the stream, from 0, if there are several. */
  readonly input?: number;
}

/** The place of what is at `path` of an object in the stream, which rewrites do not change. */
export const placeIn = (resource: Pick<Resource, 'document' | 'path'>, path: Path = []): string =>
  `${resource.document} ${toPointer([...resource.path, ...path])}`;

/** A value is not an object that an API server could accept. */
export class ObjectError extends Error {
  override readonly name = 'ObjectError';
  /** The field at fault, from the object's root. */
  readonly path: Path;

  constructor(message: string, path: Path) {
    super(message);
    this.path = path;
  }
}

/**
 * The view of `value` as an object. An item of a typed list such as a `PodList` without `kind` and
 * `apiVersion` gets the `kind` of the list, without "List", and its `apiVersion`.
 *
 * @throws {ObjectError} if no API server could accept it: it has no kind or `apiVersion`, or one
 * that no server can serve, or a name that is not a string, or far too long
 */
export function toResource(value: JsonMap, path: Path, document: number, list?: JsonMap): Resource {
  const says = (key: string) => (value[key] ?? '') !== '';
  const isTyped = list === undefined || says('kind') || says('apiVersion');
  const kind = kindOf(isTyped ? value['kind'] : withoutList(list['kind']));
  const apiVersion = isTyped ? value['apiVersion'] : list['apiVersion'];
  const {group, version} = groupVersionOf(apiVersion, kind);
  const {name, generateName, namespace} = metadataOf(value);
  return {
    apiVersion: asString(apiVersion) ?? '',
    group,
    version,
    kind,
    name: name === '' ? generateName : name,
    ...(namespace === '' || isClusterScoped(group, kind) ? {} : {namespace}),
    value,
    path,
    document,
  };
}

const withoutList = (kind: Json | undefined): Json | undefined =>
  typeof kind === 'string' ? kind.replace(/List$/, '') : kind;

function kindOf(value: Json | undefined): string {
  if ((value ?? '') === '') throw new ObjectError('an object must have a `kind`', []);
  if (typeof value === 'string' && isKind(value)) return value;
  const message = `\`kind\` must be the name of a kind such as "Deployment", not ${shown(value)}`;
  throw new ObjectError(message, ['kind']);
}

function groupVersionOf(value: Json | undefined, kind: string) {
  if ((value ?? '') === '') {
    throw new ObjectError(`the object of kind "${kind}" must have an \`apiVersion\``, []);
  }
  const parsed = typeof value === 'string' ? parseGroupVersion(value) : undefined;
  if (parsed !== undefined) return parsed;
  const message = `\`apiVersion\` must be a version, or a group and a version, such as "apps/v1", not ${shown(value)}`;
  throw new ObjectError(message, ['apiVersion']);
}

function metadataOf(value: JsonMap) {
  const metadata = asMap(value['metadata']);
  if (metadata === undefined && (value['metadata'] ?? undefined) !== undefined) {
    const message = `\`metadata\` must be a mapping, not ${shown(value['metadata'])}`;
    throw new ObjectError(message, ['metadata']);
  }
  const text = (key: string) => {
    const found = metadata?.[key] ?? '';
    if (typeof found === 'string' && found.length <= longestName) return found;
    const message =
      typeof found === 'string'
        ? `\`${key}\` must not be longer than ${longestName} characters`
        : `\`${key}\` must be a string, not ${shown(found)}`;
    throw new ObjectError(message, ['metadata', key]);
  };
  return {name: text('name'), generateName: text('generateName'), namespace: text('namespace')};
}

/**
 * The API server takes at most 253 characters in most kinds. Reports and annotations repeat names: a name of
 * megabytes would make them larger than any memory.
 */
const longestName = 1000;
const longestShown = 40;

function shown(value: Json | undefined): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : textOf(value);
  return text.length > longestShown ? `${text.slice(0, longestShown)}…` : text;
}
