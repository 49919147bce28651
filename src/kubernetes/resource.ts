import {asMap, asString, type Json, type JsonMap, type Path, textOf} from '../json.ts';
import {isKind, parseGroupVersion} from './group-version.ts';

/** What tells one kind from every other: two groups may have kinds of one name. */
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
  /** As the manifest writes it, for people to read: `group` and `version` are what it means. */
  readonly apiVersion: string;
  readonly version: string;
  /** The name, the prefix that it is generated from, or an empty text. */
  readonly name: string;
  /** As the manifest says it: absent where Helm leaves it to the release. */
  readonly namespace?: string;
  /** Present where Helm filled in a namespace that nobody has named: where the release goes is not known. */
  readonly isNamespaceAssumed?: true;
  readonly value: JsonMap;
  /** The object that the document is, where this one lies in a list: to Helm the list is what is a hook. */
  readonly list?: JsonMap;
  /** Where the object lies in its document. */
  readonly path: Path;
  /** Its document's place in the stream, from 0. */
  readonly document: number;
  /** Which of the stream's texts it stands in, from 0, where they are many. */
  readonly input?: number;
}

/** A value is no object that an API server could take. */
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
 * The view of `value` as an object. An item of a typed list such as a `PodList` that says neither has the
 * list's `kind`, less "List", and its `apiVersion`.
 *
 * @throws {ObjectError} where it is no object that an API server could take: without a kind or an
 * `apiVersion`, or with one that no server can serve, or with a name that is no text
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
    ...(namespace === '' ? {} : {namespace}),
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
    if (typeof found === 'string') return found;
    const message = `\`${key}\` must be a string, not ${shown(found)}`;
    throw new ObjectError(message, ['metadata', key]);
  };
  return {name: text('name'), generateName: text('generateName'), namespace: text('namespace')};
}

const longestShown = 40;

function shown(value: Json | undefined): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : textOf(value);
  return text.length > longestShown ? `${text.slice(0, longestShown)}…` : text;
}
