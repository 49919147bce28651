import {UsageError} from '../errors.ts';
import {LineIndex} from '../stream/lines.ts';
import {decodeStream} from '../stream/text.ts';
import {YamlError} from '../yaml/error.ts';
import {requireRoom} from './input-size.ts';

/** The text of `bytes`. @throws {UsageError} if they are not text, with the place, or too many */
export function decodeInput(bytes: Uint8Array, file: string): string {
  requireRoom(bytes, file);
  try {
    return decodeStream(bytes);
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    const text = new TextDecoder('utf-8', {ignoreBOM: true}).decode(bytes);
    const place = {file, document: 1, ...new LineIndex(text).at(error.offset)};
    throw new UsageError(error.message, place, {cause: error});
  }
}
