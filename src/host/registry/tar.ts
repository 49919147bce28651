import {Readable} from 'node:stream';
import {ImageError} from '../../images/manifest.ts';

/** A file in a tar archive. */
interface ArchivedFile {
  /** Without `./` at the beginning. */
  readonly path: string;
  /** What the archive says that it is: `file`, `symlink`, … */
  readonly type: string;
  readonly body: AsyncIterable<Uint8Array>;
}

/** The most entries of an archive, and bytes in all. */
const mostEntries = 1_000_000;
const mostBytes = 8_000_000_000;

/**
 * The entries of a tar archive, in order. The body of each counts only until the next one.
 *
 * @throws {ImageError} if it is no tar archive, or far too long
 */
export async function* filesIn(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<ArchivedFile> {
  const {extract} = await import('tar-stream');
  const archive = extract();
  const source = Readable.from(limited(bytes));
  source.on('error', error => archive.destroy(error));
  source.pipe(archive);
  let count = 0;
  try {
    for await (const entry of archive) {
      count += 1;
      if (count > mostEntries) throw new ImageError(`it has more than ${mostEntries} entries`);
      const {name, type} = entry.header;
      yield {
        path: name.replace(/^(?:\.?\/)+/, ''),
        type: type ?? 'file',
        body: entry as AsyncIterable<Uint8Array>,
      };
      entry.resume();
    }
  } catch (error) {
    if (error instanceof ImageError) throw error;
    throw new ImageError(`it is no tar archive: ${(error as Error).message}`, {cause: error});
  } finally {
    source.destroy();
  }
}

/** @throws {ImageError} if there are too many bytes: an archive of a megabyte can have terabytes of zeros */
async function* limited(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let length = 0;
  for await (const part of bytes) {
    length += part.length;
    if (length > mostBytes) throw new ImageError(`it unpacks to more than ${mostBytes} bytes`);
    yield part;
  }
}

/** The whole of a body. @throws {ImageError} if it is longer than `most` bytes */
export async function contentOf(
  body: AsyncIterable<Uint8Array>,
  most: number,
  name: string,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of body) {
    length += part.length;
    if (length > most) throw new ImageError(`${name} is longer than ${most} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}
