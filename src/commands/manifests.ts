import {asMap} from '../json.ts';
import {splitDocuments} from '../stream/split.ts';
import {readDocument} from '../yaml/read.ts';

/**
 * Whether `text` is YAML or JSON that nobody can take for a manifest: no document of it has a
 * `kind` or an `apiVersion`, as in a chart's values. What cannot be read may be a manifest.
 */
export function holdsNoManifest(text: string): boolean {
  try {
    return splitDocuments(text).every(({start, end}) => {
      const object = asMap(readDocument(text, start, end).value) ?? {};
      return !Object.hasOwn(object, 'kind') && !Object.hasOwn(object, 'apiVersion');
    });
  } catch {
    return false;
  }
}
