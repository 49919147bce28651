import {isLock} from '../drift/lock-file.ts';
import {isImageLock} from '../images/lock/read.ts';
import {asMap, asString, isList, type JsonMap} from '../json.ts';
import {bracesAt} from '../stream/braces.ts';
import {decodeStream} from '../stream/text.ts';
import {YamlError} from '../yaml/error.ts';
import {readDocument} from '../yaml/read.ts';
import {splitDocuments} from '../yaml/split.ts';

/**
 * Why `bytes` cannot be a manifest, as the end of a sentence; undefined if they may be one: a
 * document is an object according to `isObject`. Text that cannot be parsed may be one, because a
 * key can be written in many ways, unless the braces of a template stop every YAML parser: kubectl
 * then reads no further in that file.
 */
export function whyNoManifest(
  bytes: Uint8Array,
  isObject: (document: JsonMap) => boolean,
): string | undefined {
  try {
    return whyNone(decodeStream(bytes), isObject);
  } catch {
    return undefined;
  }
}

/** Whether a document outside of a chart may be an object. */
export const hasKind = (document: JsonMap): boolean => Object.hasOwn(document, 'kind');

/**
 * Whether a document next to a `Chart.yaml` may be an object. Values may have a key `kind` too, but
 * not an `apiVersion` as well, or the name or the items without which nothing can be applied.
 */
export function hasIdentity(document: JsonMap): boolean {
  const {apiVersion, metadata, items} = document;
  const {name, generateName} = asMap(metadata) ?? {};
  return (
    hasKind(document) &&
    (isList(items) || [apiVersion, name, generateName].some(text => (asString(text) ?? '') !== ''))
  );
}

function whyNone(text: string, isObject: (document: JsonMap) => boolean): string | undefined {
  let reason = 'it contains no manifest';
  for (const {start, end} of splitDocuments(text)) {
    const object = readObject(text, start, end);
    if (object === 'template') return 'it is a template';
    if (object === undefined || !isObject(object)) continue;
    if (isLock(object) || isImageLock(object)) reason = 'it is a lock file of kube-harden';
    else if (isDeletion(object)) reason = 'it is a patch';
    else return undefined;
  }
  return reason;
}

function readObject(text: string, start: number, end: number): JsonMap | 'template' | undefined {
  try {
    return asMap(readDocument(text, start, end).value);
  } catch (error) {
    if (error instanceof YamlError && bracesAt(text, error.offset) !== undefined) return 'template';
    throw error;
  }
}

/**
 * Whether it is a strategic merge patch that deletes an object, and contains nothing else that
 * could be applied.
 */
const isDeletion = (object: JsonMap): boolean =>
  object['$patch'] === 'delete' &&
  Object.keys(object).every(key => ['$patch', 'apiVersion', 'kind', 'metadata'].includes(key));
