import {YamlError} from '../yaml/error.ts';

/**
 * The text of a stream. A byte-order mark is kept for the output.
 *
 * @throws {YamlError} if the bytes are not UTF-8, with the place of the first invalid one
 */
export function decodeStream(bytes: Uint8Array): string {
  try {
    return decoder().decode(bytes);
  } catch (error) {
    throw new YamlError('the input must be UTF-8 text', decodable(bytes).length, {cause: error});
  }
}

const decoder = () => new TextDecoder('utf-8', {fatal: true, ignoreBOM: true});

/** The longest valid text at the start of `bytes`. */
function decodable(bytes: Uint8Array): string {
  let text = '';
  let [from, to] = [0, bytes.length];
  while (from < to) {
    const middle = Math.ceil((from + to) / 2);
    try {
      // The last bytes may be the beginning of a character.
      text = decoder().decode(bytes.subarray(0, middle), {stream: true});
      from = middle;
    } catch {
      to = middle - 1;
    }
  }
  return text;
}
