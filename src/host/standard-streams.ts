import {fstatSync, readSync, writeSync} from 'node:fs';
import {UsageError} from '../errors.ts';
import {mostBytes, tooLong} from './input-size.ts';

/*
 * Node's own stream objects for stdin, stdout and stderr take a tenth of its start-up time. They
 * are only created if a descriptor was opened as non-blocking, and is not ready.
 */

const chunkSize = 1 << 16;

/** All of stdin. @throws {UsageError} if it is a terminal or endless, or cannot be read */
export async function readStdin(): Promise<Uint8Array> {
  try {
    await refuseTerminal();
    return await readAll();
  } catch (error) {
    if (!isSystemError(error)) throw error;
    const message = `it cannot be read (${error.code})`;
    throw new UsageError(message, {file: '<stdin>'}, {cause: error});
  }
}

async function readAll(): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let total = 0;
  const add = (chunk: Uint8Array) => {
    total += chunk.length;
    if (total > mostBytes) throw tooLong('<stdin>');
    chunks.push(chunk);
  };
  for (;;) {
    const chunk = Buffer.allocUnsafe(chunkSize);
    const length = attempt(() => readSync(0, chunk));
    if (length === 'not ready') {
      for await (const rest of process.stdin) add(rest);
      break;
    }
    if (length === 0) break;
    add(chunk.subarray(0, length));
  }
  return Buffer.concat(chunks);
}

async function refuseTerminal(): Promise<void> {
  if (!fstatSync(0).isCharacterDevice()) return;
  const {isatty} = await import('node:tty');
  if (!isatty(0)) return;
  throw new UsageError(
    'stdin must be a rendered stream, not a terminal: put `helm template ./chart |` or the like before the command',
  );
}

/** Writes all of `text` to stdout, however slowly it is read. @throws {UsageError} if that fails */
export async function writeStdout(text: string): Promise<void> {
  try {
    for (const piece of piecesOf(text)) {
      const rest = writeReady(1, Buffer.from(piece));
      if (rest.length > 0) await writeRest(process.stdout, rest);
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const message = `stdout was closed before everything was written: ${reason}`;
    throw new UsageError(message, {}, {cause: error});
  }
}

/** The UTF-16 code units that are encoded at once: the bytes of a long text need not be in memory all together. */
const pieceSize = 1 << 18;

/** `text` in pieces, none of which ends within a character. */
function* piecesOf(text: string): Iterable<string> {
  let from = 0;
  while (from < text.length) {
    const last = text.charCodeAt(from + pieceSize - 1);
    const isHalf = last >= 0xd800 && last < 0xdc00;
    const to = from + pieceSize - (isHalf ? 1 : 0);
    yield text.slice(from, to);
    from = to;
  }
}

/**
 * Writes a report to stdout, as `writeStdout` does. A reader such as `head` may close the pipe
 * early: that is not an error.
 *
 * @throws {UsageError} if the report cannot be written for another reason
 */
export async function writeReport(text: string): Promise<void> {
  try {
    await writeStdout(text);
  } catch (error) {
    const {cause} = error as UsageError;
    if (!(cause instanceof Error && isSystemError(cause) && cause.code === 'EPIPE')) throw error;
  }
}

const writeRest = (stream: NodeJS.WriteStream, rest: Uint8Array): Promise<void> =>
  new Promise((resolve, reject) => {
    stream.on('error', reject);
    stream.write(rest, error => (error == null ? resolve() : reject(error)));
  });

let heldBack: string[] | undefined;

/** What `work` gives, and what it writes to stderr in the meantime, which is held back. */
export async function holdingStderr<T>(
  work: () => Promise<T>,
): Promise<{readonly result: T; readonly said: string}> {
  const outer = heldBack;
  const texts: string[] = [];
  heldBack = texts;
  try {
    return {result: await work(), said: texts.join('')};
  } finally {
    heldBack = outer;
  }
}

/** Writes all of `text` to stderr. It is not an error if nobody reads it. */
export async function writeStderr(text: string): Promise<void> {
  if (heldBack !== undefined) {
    heldBack.push(text);
    return;
  }
  try {
    const rest = writeReady(2, Buffer.from(text));
    if (rest.length > 0) await writeRest(process.stderr, rest);
  } catch (error) {
    if (!isSystemError(error)) throw error;
  }
}

/** Writes as much of `bytes` as can be written at once, and returns the rest. */
function writeReady(descriptor: number, bytes: Uint8Array): Uint8Array {
  let rest = bytes;
  while (rest.length > 0) {
    const length = attempt(() => writeSync(descriptor, rest));
    if (length === 'not ready') break;
    rest = rest.subarray(length);
  }
  return rest;
}

function attempt(operation: () => number): number | 'not ready' {
  try {
    return operation();
  } catch (error) {
    if (isSystemError(error) && error.code === 'EAGAIN') return 'not ready';
    if (isSystemError(error) && error.code === 'EOF') return 0;
    throw error;
  }
}

const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'syscall' in error;
