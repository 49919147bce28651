import {constants} from 'node:buffer';
import {UsageError} from '../errors.ts';
import {grouped} from '../text/grouped.ts';

/** The longest possible string; every byte may become a character. */
export const mostBytes = constants.MAX_STRING_LENGTH;

/** An input below this size fits into the smallest heap of Node, whatever it contains. */
const smallBytes = 8_000_000;

/**
 * The largest part of the heap that reading can take, as measured on Node 20: for each byte its
 * text and its share of the output, and for each YAML node, which follows a separator, its value
 * and its position. 10 MB of `a,a,a,…` took 1.2 GB.
 */
const heapPerByte = 8;
const heapPerNode = 250;

const isBun = process.versions['bun'] !== undefined;

/**
 * The memory that this process may use. Bun has no limit for its heap, and reports another figure as
 * the limit. A small input does not need the modules, and loading them is slow.
 */
function memoryLimit(): number {
  if (!isBun) return process.getBuiltinModule('node:v8').getHeapStatistics().heap_size_limit;
  const total = process.getBuiltinModule('node:os').totalmem();
  return Math.min(total, process.constrainedMemory() || Number.POSITIVE_INFINITY);
}

/**
 * Refuses an input that is too large before reading it: when out of memory, Node would just abort.
 */
export function requireRoom(bytes: Uint8Array, file: string, heapLimit?: number): void {
  if (bytes.length > mostBytes) throw tooLong(file);
  if (bytes.length <= smallBytes) return;
  const limit = heapLimit ?? memoryLimit();
  if (!surelyFits(bytes, limit)) requireHeap(heapFor(bytes), 'the input', file, limit);
}

/** Whether the input fits even if every byte after those that have been counted were a separator. */
function surelyFits(bytes: Uint8Array, heapLimit: number): boolean {
  const most = (heapLimit - bytes.length * heapPerByte) / heapPerNode;
  let count = 0;
  for (let from = 0; from < bytes.length; from += blockSize) {
    const to = Math.min(from + blockSize, bytes.length);
    count += separatorsIn(bytes, from, to);
    if (count > most) return false;
    if (count + bytes.length - to <= most) return true;
  }
  return count <= most;
}

/** The number of bytes that are counted between two looks at what is left. */
const blockSize = 1 << 16;

/** The memory for inputs that are in memory at the same time. */
export class Room {
  readonly #heapLimit: number | undefined;
  #bytes = 0;
  #needed = 0;

  constructor(heapLimit?: number) {
    this.#heapLimit = heapLimit;
  }

  /** Refuses an input that is too large in addition to those before it; it is then not counted. */
  take(bytes: Uint8Array, file: string): void {
    const needed = this.#needed + heapFor(bytes);
    if (this.#bytes + bytes.length > smallBytes) {
      requireHeap(
        needed,
        'the input, together with what is checked with it,',
        file,
        this.#heapLimit ?? memoryLimit(),
      );
    }
    this.#bytes += bytes.length;
    this.#needed = needed;
  }
}

const heapFor = (bytes: Uint8Array): number =>
  bytes.length * heapPerByte + separatorsIn(bytes) * heapPerNode;

function requireHeap(needed: number, what: string, file: string, heapLimit: number): void {
  if (needed <= heapLimit) return;
  const megabytes = (size: number) => grouped(Math.ceil(size / 1_000_000));
  const may = `${what} may need ${megabytes(needed)} MB of memory`;
  throw new UsageError(
    isBun
      ? `${may}, and ${megabytes(heapLimit)} are available: split it`
      : `${may}, and Node may use ${megabytes(heapLimit)}: split it, or set NODE_OPTIONS=--max-old-space-size=${Math.ceil(needed / 2 ** 20)}`,
    {file},
  );
}

/** The error for an input that is longer than any string. */
export const tooLong = (file: string): UsageError =>
  new UsageError(`the input is longer than ${grouped(mostBytes)} bytes: split it`, {
    file,
  });

/**
 * The number of line breaks, colons, commas and opening brackets: each node of a document follows
 * one.
 */
function separatorsIn(bytes: Uint8Array, from = 0, to = bytes.length): number {
  let count = 0;
  for (let at = from; at < to; at++) count += isSeparator[bytes[at] as number] as number;
  return count;
}

const isSeparator = new Uint8Array(256);
for (const character of '\n\r:,[{-?') isSeparator[character.charCodeAt(0)] = 1;
