import {UsageError} from '../errors.ts';
import {asMap, asString, inAnyCase, isList, isMap, type Json, type JsonMap} from '../json.ts';
import {LineIndex} from '../stream/lines.ts';
import {YamlError} from '../yaml/error.ts';
import {readDocument} from '../yaml/read.ts';
import {splitDocuments} from '../yaml/split.ts';
import {decodeInput} from './input.ts';
import {readFile} from './read-file.ts';

/** A reference in a kustomization. */
export interface Reference {
  readonly text: string;
  /** The field with the reference. */
  readonly field: string;
  /** What kustomize uses it as; absent for a resource, which it builds. */
  readonly as?: string;
  /** Whether it may be a folder with another kustomization. */
  readonly isFolder?: true;
  /** Whether it may be inline content instead of a path. */
  readonly isInline?: true;
  /** Whether it is the configuration of a generator, a transformer or a validator. */
  readonly isPlugin?: true;
}

/** The inputs of a kustomization. */
export interface KustomizationFile {
  /** Whether it is a component, which others include. */
  readonly isComponent: boolean;
  readonly references: readonly Reference[];
  /** Whether it makes kustomize run helm. */
  readonly rendersCharts: boolean;
}

/** @throws {UsageError} if it cannot be read as kustomize reads it, with the place */
export function readKustomization(file: string): KustomizationFile {
  const objects = readObjects(readFile(file), file);
  const [object, second] = objects;
  if (object === undefined || second !== undefined) {
    throw new UsageError('a kustomization must be one mapping', {file});
  }
  return {
    isComponent: fieldsOf(object, 'kind').includes('Component'),
    references: [...referencesIn(object)],
    rendersCharts: helmFields.some(name => fieldsOf(object, name).some(isMade)),
  };
}

/**
 * Whether a file with the name of a kustomization is a manifest, for example of Flux's kind
 * Kustomization. kustomize refuses other groups than its own.
 */
export function isForeign(file: string): boolean {
  try {
    const objects = readObjects(readFile(file), file);
    return objects.length > 0 && objects.every(isOfOtherGroup);
  } catch {
    return false;
  }
}

function isOfOtherGroup(object: JsonMap): boolean {
  const [version, second] = fieldsOf(object, 'apiVersion');
  const isOther = typeof version === 'string' && !/^$|^kustomize\.config\.k8s\.io\//.test(version);
  return isOther && second === undefined;
}

/**
 * The mappings in the documents of a file. @throws {UsageError} if it contains anything else, or
 * cannot be read
 */
export function readObjects(bytes: Uint8Array, file: string): readonly JsonMap[] {
  const text = decodeInput(bytes, file);
  try {
    return splitDocuments(text)
      .map(({start, end}) => ({start, value: readDocument(text, start, end).value}))
      .filter(({value}) => value !== null)
      .map(({start, value}) => {
        if (isMap(value)) return value;
        throw new YamlError('a mapping was expected', start);
      });
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    const place = {file, ...new LineIndex(text).at(error.offset)};
    throw new UsageError(error.message, place, {cause: error});
  }
}

const helmFields = ['helmCharts', 'helmChartInflationGenerator'];

/** Whether the field is set. */
const isMade = (value: Json): boolean => (isList(value) ? value.length > 0 : value !== null);

/** The fields that name files and folders. kustomize refuses unknown fields. */
const plain: Readonly<Record<string, Omit<Reference, 'text' | 'field'>>> = {
  resources: {isFolder: true},
  bases: {isFolder: true},
  components: {as: 'a component', isFolder: true},
  crds: {as: 'a schema'},
  configurations: {as: 'a configuration'},
  // Older kustomizations list files under `patches`.
  patches: {as: 'a patch', isInline: true},
  patchesStrategicMerge: {as: 'a patch', isInline: true},
  generators: {as: 'a generator', isInline: true, isPlugin: true},
  transformers: {as: 'a transformer', isInline: true, isPlugin: true},
  validators: {as: 'a validator', isInline: true, isPlugin: true},
};

/** The fields of mappings in other fields that name files. */
const nested: Readonly<Record<string, {readonly keys: readonly string[]; readonly as: string}>> = {
  patches: {keys: ['path'], as: 'a patch'},
  patchesJson6902: {keys: ['path'], as: 'a patch'},
  replacements: {keys: ['path'], as: 'a replacement'},
  openapi: {keys: ['path'], as: 'a schema'},
  configMapGenerator: {keys: ['files', 'envs', 'env'], as: 'the content of a ConfigMap'},
  secretGenerator: {keys: ['files', 'envs', 'env'], as: 'the content of a Secret'},
};

function* referencesIn(object: JsonMap): Iterable<Reference> {
  for (const [field, kind] of Object.entries(plain)) {
    for (const text of fieldsOf(object, field).flatMap(textsIn)) yield {text, field, ...kind};
  }
  for (const [field, {keys, as}] of Object.entries(nested)) {
    for (const item of fieldsOf(object, field).flatMap(mapsIn)) {
      for (const text of keys.flatMap(key => pathsAt(item, key))) yield {text, field, as};
    }
  }
}

/** The fields of a plugin configuration that name files, at any depth. */
const pluginKeys = ['path', 'paths', 'files', 'envs', 'env'];

/** Everything that a plugin configuration may name. */
export function pathsInPlugin(value: Json | undefined): readonly string[] {
  if (isList(value)) return value.flatMap(pathsInPlugin);
  const map = asMap(value);
  if (map === undefined) return [];
  return [
    ...pluginKeys.flatMap(key => pathsAt(map, key)),
    ...Object.values(map).flatMap(pathsInPlugin),
  ];
}

/** The paths at `key`; in `files`, a path may follow the name for its content. */
const pathsAt = (map: JsonMap, key: string): readonly string[] =>
  fieldsOf(map, key)
    .flatMap(textsIn)
    .map(text => (key === 'files' ? text.slice(text.indexOf('=') + 1) : text));

/** The values that kustomize may read as the field `name`. */
const fieldsOf = (object: JsonMap, name: string): readonly Json[] =>
  inAnyCase(object, name.toLowerCase());

const textsIn = (value: Json | undefined): readonly string[] =>
  isList(value) ? value.flatMap(textsIn) : [asString(value) ?? ''].filter(text => text !== '');

const mapsIn = (value: Json | undefined): readonly JsonMap[] =>
  isList(value) ? value.flatMap(mapsIn) : [asMap(value)].filter(map => map !== undefined);

/**
 * Whether any kustomize would download `text`, whatever is in the folder: it first checks whether a
 * text is a URL, and only then looks for a folder with that name.
 */
export const isRemote = (text: string): boolean =>
  /^\s*(?:[a-z][a-z0-9+.-]*:|[^/]*@|(?:www\.)?github\.com)|\?|\.git(?:\/|$)|\/_git\//i.test(text);
