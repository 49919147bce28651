import {constants} from 'node:buffer';
import {getHeapStatistics} from 'node:v8';
import {UsageError} from '../errors.ts';

/** What a string of Node holds; every byte may become a character of its own. */
export const mostBytes = constants.MAX_STRING_LENGTH;

/** Below this size an input fits, whatever is in it, in what Node has at the least. */
const smallBytes = 8_000_000;

/**
 * What reading takes of the heap, at the most, as measured on Node 20: for each byte its text and its
 * share of the output, and for each node of YAML, before which there is a separator, its value and
 * its place. 10 MB of `a,a,a,…` took 1.2 GB.
 */
const heapPerByte = 8;
const heapPerNode = 250;

/** Refuses an input too large to be read, before it is: out of memory, Node would only abort. */
export function requireRoom(
  bytes: Uint8Array,
  file: string,
  heapLimit: number = getHeapStatistics().heap_size_limit,
): void {
  if (bytes.length > mostBytes) throw tooLong(file);
  if (bytes.length <= smallBytes) return;
  requireHeap(heapFor(bytes), 'the input', file, heapLimit);
}

/** The memory for inputs that are held at once. */
export class Room {
  readonly #heapLimit: number;
  #bytes = 0;
  #needed = 0;

  constructor(heapLimit: number = getHeapStatistics().heap_size_limit) {
    this.#heapLimit = heapLimit;
  }

  /** Refuses an input that is too large beside those before it: it is not counted among them. */
  take(bytes: Uint8Array, file: string): void {
    const needed = this.#needed + heapFor(bytes);
    if (this.#bytes + bytes.length > smallBytes) {
      requireHeap(
        needed,
        'the input, together with what is checked with it,',
        file,
        this.#heapLimit,
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
  const megabytes = (size: number) => Math.ceil(size / 1_000_000).toLocaleString('en');
  throw new UsageError(
    `${what} may need ${megabytes(needed)} MB of memory, and Node may use ${megabytes(heapLimit)}: split it, or set NODE_OPTIONS=--max-old-space-size=${Math.ceil(needed / 2 ** 20)}`,
    {file},
  );
}

/** That an input is longer than any text may be. */
export const tooLong = (file: string): UsageError =>
  new UsageError(`the input is longer than ${mostBytes.toLocaleString('en')} bytes: split it`, {
    file,
  });

/** The line breaks, colons, commas and opening brackets: before each node of a document stands one. */
function separatorsIn(bytes: Uint8Array): number {
  let count = 0;
  for (const byte of bytes) if (isSeparator[byte] === 1) count += 1;
  return count;
}

const isSeparator = new Uint8Array(256);
for (const character of '\n\r:,[{-?') isSeparator[character.charCodeAt(0)] = 1;
