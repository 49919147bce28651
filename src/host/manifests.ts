import {asMap, type JsonMap} from '../json.ts';
import {decodeStream} from '../stream/text.ts';
import {YamlError} from '../yaml/error.ts';
import {readDocument} from '../yaml/read.ts';
import {splitDocuments} from '../yaml/split.ts';

/**
 * Why nobody can take `bytes` for a manifest, as the end of a sentence; undefined where somebody may. What cannot be
 * read may be one, since a key can be written in many ways, unless a template's braces stand where no reader
 * of YAML takes them: kubectl goes no further in that file.
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
 * Whether a reader stumbles over `{{` or `{%`, the marks of Helm, Jinja and their like: as YAML, a mapping as the key
 * of a mapping, or what begins no value.
 */
function isAtBraces(text: string, offset: number): boolean {
  return [offset - 2, offset - 1, offset].some(
    at =>
      (text.startsWith('{{', at) || text.startsWith('{%', at)) &&
      at >= 0 &&
      /[\s,[]/.test(text[at - 1] ?? '\n'),
  );
}

/** Whether it is a strategic merge patch that deletes an object, and holds nothing that could be applied instead. */
const isDeletion = (object: JsonMap): boolean =>
  object['$patch'] === 'delete' &&
  Object.keys(object).every(key => ['$patch', 'apiVersion', 'kind', 'metadata'].includes(key));
