import {asMap} from '../json.ts';
import {decodeStream} from '../stream/text.ts';
import {readDocument} from '../yaml/read.ts';
import {splitDocuments} from '../yaml/split.ts';

/**
 * Whether `bytes` are what nobody can take for a manifest: no document of it has a `kind`, as in a
 * chart's values or a plugin's description. What cannot be read may be one: a key can be written in many ways.
 */
export function holdsNoManifest(bytes: Uint8Array): boolean {
  try {
    const text = decodeStream(bytes);
    return splitDocuments(text).every(({start, end}) => {
      const object = asMap(readDocument(text, start, end).value);
      return object === undefined || !Object.hasOwn(object, 'kind');
    });
  } catch {
    return false;
  }
}
