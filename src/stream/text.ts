import {YamlError} from '../yaml/error.ts';

/**
 * The text of a stream's bytes. A byte-order mark stays in it, so that it goes out again.
 *
 * @throws {YamlError} where the bytes are no UTF-8
 */
export function decodeStream(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(bytes);
  } catch (error) {
    throw new YamlError('the input must be UTF-8 text', 0, {cause: error});
  }
}
