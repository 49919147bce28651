/** An archive in the ustar format, with nothing in it that depends on the machine or the clock. */

export type TarEntry = {
  /** From the root of the archive, without a leading slash. */
  readonly path: string;
  readonly mode?: number;
} & (
  | {readonly content: Uint8Array | string}
  | {readonly isFolder: true}
  /** A symbolic link. */
  | {readonly target: string}
);

const blockSize = 512;

/**
 * The archive of `entries`, sorted by their paths. All belong to root.
 *
 * @param seconds The time of each entry, in seconds since 1970
 */
export function tarOf(entries: readonly TarEntry[], seconds: number): Buffer {
  const sorted = [...entries].sort((a, b) => (a.path < b.path ? -1 : 1));
  const parts = sorted.flatMap(entry => {
    const content = Buffer.from('content' in entry ? entry.content : '');
    return [headerOf(entry, content.length, seconds), content, paddingOf(content.length)];
  });
  return Buffer.concat([...parts, Buffer.alloc(2 * blockSize)]);
}

const paddingOf = (size: number): Buffer =>
  Buffer.alloc((blockSize - (size % blockSize)) % blockSize);

/** A header as pax(1) describes it: text, and numbers in octal. */
function headerOf(entry: TarEntry, size: number, seconds: number): Buffer {
  const {path, mode, type, target} = fieldsOf(entry);
  const header = Buffer.alloc(blockSize);
  writeText(header, 0, 100, path);
  writeOctal(header, 100, 8, mode);
  writeOctal(header, 108, 8, 0);
  writeOctal(header, 116, 8, 0);
  writeOctal(header, 124, 12, size);
  writeOctal(header, 136, 12, seconds);
  header.fill(' ', 148, 156);
  writeText(header, 156, 1, type);
  writeText(header, 157, 100, target);
  header.write('ustar\x0000', 257, 'latin1');
  const sum = header.reduce((total, byte) => total + byte, 0);
  writeOctal(header, 148, 7, sum);
  return header;
}

interface Fields {
  readonly path: string;
  readonly mode: number;
  readonly type: string;
  readonly target: string;
}

function fieldsOf(entry: TarEntry): Fields {
  if ('isFolder' in entry) {
    return {path: `${entry.path}/`, mode: entry.mode ?? 0o755, type: '5', target: ''};
  }
  if ('target' in entry) {
    return {path: entry.path, mode: entry.mode ?? 0o777, type: '2', target: entry.target};
  }
  return {path: entry.path, mode: entry.mode ?? 0o644, type: '0', target: ''};
}

function writeText(header: Buffer, at: number, size: number, text: string): void {
  if (Buffer.byteLength(text) > size) throw new Error(`too long for an archive: "${text}"`);
  header.write(text, at);
}

function writeOctal(header: Buffer, at: number, size: number, value: number): void {
  const digits = value.toString(8).padStart(size - 1, '0');
  if (digits.length >= size) throw new Error(`too large for an archive: ${value}`);
  header.write(digits, at, 'latin1');
}
