import {asString, isList, isMap, isSameJson, type Json, type JsonMap, type Path} from '../json.ts';
import {parseGroupVersion} from '../kubernetes/group-version.ts';
import {YamlError} from '../yaml/error.ts';
import {locate} from '../yaml/locate.ts';
import type {YamlDocument} from '../yaml/nodes.ts';
import {readDocument} from '../yaml/read.ts';

/** Whether `value` is a KRM ResourceList: see the KRM Functions Specification, v1. */
export const isResourceList = (value: Json): value is JsonMap =>
  isMap(value) &&
  value['kind'] === 'ResourceList' &&
  parseGroupVersion(asString(value['apiVersion']) ?? '')?.group === 'config.kubernetes.io';

/** The first lines of a ResourceList as kustomize and kpt write them, with nothing before them. */
const head =
  /^apiVersion: (["']?)config\.kubernetes\.io\/v1(?:alpha1|beta1)?\1\r?\nkind: (["']?)ResourceList\2\r?\n/;

/**
 * Whether `text` begins like the input of a function from kustomize or kpt. Output of Helm never
 * does: it begins with a separator.
 */
export const beginsAsResourceList = (text: string): boolean => head.test(text);

/**
 * Parses the ResourceList in `text` from `start` to `end`. kustomize writes its items back as it
 * reads them, and they are applied as the API server reads them, so both must agree.
 *
 * @throws {YamlError} if they do not, or it is not a ResourceList
 */
export function readResourceListDocument(text: string, start: number, end: number): YamlDocument {
  const document = readDocument(text, start, end, 'kyaml');
  const {value} = document;
  if (!isResourceList(value)) throw new YamlError('a ResourceList was expected', start);
  for (const key of ['items', 'results']) {
    if (isList(value[key] ?? [])) continue;
    const at = locate(document, [key]);
    throw new YamlError(`the \`${key}\` of a ResourceList must be a list`, at);
  }
  requireSameItems(document, value, readDocument(text, start, end).value);
  return document;
}

function requireSameItems(document: YamlDocument, list: JsonMap, applied: Json): void {
  const others = isMap(applied) ? applied['items'] : undefined;
  const path = firstDifference(list['items'], others, ['items']);
  if (path === undefined) return;
  throw new YamlError(
    'kustomize and the API server read this differently: quote strings, write booleans as `true` or `false`, and do not use `<<`',
    locate(document, path),
  );
}

/** The path of the first difference between two values, if there is one. */
function firstDifference(
  one: Json | undefined,
  other: Json | undefined,
  path: Path,
): Path | undefined {
  if (isSameJson(one, other)) return undefined;
  if (isList(one) && isList(other)) {
    const at = one.findIndex((item, index) => !isSameJson(item, other[index]));
    return at === -1 ? path : firstDifference(one[at], other[at], [...path, at]);
  }
  if (!isMap(one) || !isMap(other)) return path;
  const key = Object.keys(one).find(
    name => !Object.hasOwn(other, name) || !isSameJson(one[name], other[name]),
  );
  return key === undefined ? path : firstDifference(one[key], other[key], [...path, key]);
}
