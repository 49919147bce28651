import {UsageError} from '../errors.ts';
import {LineIndex} from '../stream/lines.ts';
import {decodeStream} from '../stream/text.ts';
import {YamlError} from '../yaml/error.ts';

/** All of stdin. @throws {UsageError} where it is a terminal */
export async function readStdin(): Promise<Uint8Array> {
  if (process.stdin.isTTY === true) {
    throw new UsageError(
      'stdin must be a rendered stream, not a terminal: `helm template ./chart | kube-harden`',
    );
  }
  const chunks: Uint8Array[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The text of `bytes`. @throws {UsageError} where they are no text, with the place */
export function decodeInput(bytes: Uint8Array, file: string): string {
  try {
    return decodeStream(bytes);
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    const text = new TextDecoder('utf-8', {ignoreBOM: true}).decode(bytes);
    const place = {file, document: 1, ...new LineIndex(text).at(error.offset)};
    throw new UsageError(error.message, place, {cause: error});
  }
}

/** Writes all of `text` to stdout, however slowly it is read. @throws {UsageError} where it is not */
export function writeStdout(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => {
      const message = `stdout was closed before all was written: ${error.message}`;
      reject(new UsageError(message, {}, {cause: error}));
    };
    process.stdout.on('error', fail);
    process.stdout.write(text, error => (error == null ? resolve() : fail(error)));
  });
}
