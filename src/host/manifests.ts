import {asMap, type JsonMap} from '../json.ts';
import {decodeStream} from '../stream/text.ts';
import {YamlError} from '../yaml/error.ts';
import {readDocument} from '../yaml/read.ts';
import {splitDocuments} from '../yaml/split.ts';

/**
 * Why `bytes` cannot be a manifest, as the end of a sentence; undefined if they may be one. Text
 * that cannot be parsed may be one, because a key can be written in many ways, unless the braces of
 * a template stop every YAML parser: kubectl then reads no further in that file.
 */
export function whyNoManifest(bytes: Uint8Array): string | undefined {
  try {
    return whyNone(decodeStream(bytes));
  } catch {
    return undefined;
  }
}

function whyNone(text: string): string | undefined {
  let isPatch = false;
  for (const {start, end} of splitDocuments(text)) {
    const object = readObject(text, start, end);
    if (object === 'template') return 'it is a template';
    if (object === undefined || !Object.hasOwn(object, 'kind')) continue;
    if (!isDeletion(object)) return undefined;
    isPatch = true;
  }
  return isPatch ? 'it is a patch' : 'it contains no manifest';
}

function readObject(text: string, start: number, end: number): JsonMap | 'template' | undefined {
  try {
    return asMap(readDocument(text, start, end).value);
  } catch (error) {
    if (error instanceof YamlError && isAtBraces(text, error.offset)) return 'template';
    throw error;
  }
}

/**
 * Whether a parser fails at `{{` or `{%`, the marks of Helm, Jinja and the like: in YAML, they are
 * a mapping as a key of a mapping, or cannot begin a value.
 */
function isAtBraces(text: string, offset: number): boolean {
  return [offset - 2, offset - 1, offset].some(
    at =>
      (text.startsWith('{{', at) || text.startsWith('{%', at)) &&
      at >= 0 &&
      /[\s,[]/.test(text[at - 1] ?? '\n'),
  );
}

/**
 * Whether it is a strategic merge patch that deletes an object, and contains nothing else that
 * could be applied.
 */
const isDeletion = (object: JsonMap): boolean =>
  object['$patch'] === 'delete' &&
  Object.keys(object).every(key => ['$patch', 'apiVersion', 'kind', 'metadata'].includes(key));
