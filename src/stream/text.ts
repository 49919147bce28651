import {YamlError} from '../yaml/error.ts';

/**
 * The text of a stream's bytes. A byte-order mark stays in it, so that it goes out again.
 *
 * @throws {YamlError} where the bytes are no UTF-8, with the place of the first that is not
 */
export function decodeStream(bytes: Uint8Array): string {
  try {
    return decoder().decode(bytes);
  } catch (error) {
    throw new YamlError('the input must be UTF-8 text', decodable(bytes).length, {cause: error});
  }
}

const decoder = () => new TextDecoder('utf-8', {fatal: true, ignoreBOM: true});

/** The longest text that `bytes` begin with. */
function decodable(bytes: Uint8Array): string {
  let text = '';
  let [from, to] = [0, bytes.length];
  while (from < to) {
    const middle = Math.ceil((from + to) / 2);
    try {
      // What the last bytes begin may yet be ended.
      text = decoder().decode(bytes.subarray(0, middle), {stream: true});
      from = middle;
    } catch {
      to = middle - 1;
    }
  }
  return text;
}
