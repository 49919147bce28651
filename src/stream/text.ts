import {YamlError} from '../yaml/error.ts';

/** What YAML 1.1 has no place for: control characters but tab, line breaks and NEL; non-characters. */
const refused =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
  /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u0084\u0086-\u009F\uFFFE\uFFFF]/;

/**
 * The text of a stream's bytes. A byte-order mark stays in it, so that it goes out again.
 *
 * @throws {YamlError} where the bytes are no UTF-8, or hold what no manifest may hold
 */
export function decodeStream(bytes: Uint8Array): string {
  let text: string;
  try {
    text = new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(bytes);
  } catch (error) {
    throw new YamlError('the input must be UTF-8 text', 0, {cause: error});
  }
  const control = refused.exec(text);
  if (control !== null) {
    throw new YamlError('the input must be text: it holds a control character', control.index);
  }
  return text;
}
