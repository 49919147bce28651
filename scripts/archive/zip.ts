import {zipSync} from 'fflate';

export interface ZipEntry {
  readonly path: string;
  readonly content: Uint8Array | string;
  readonly mode?: number;
}

/** Local times of this date are the same everywhere: zip archives have no time zone. */
const oldest = new Date(1980, 0, 1);

const unix = 3;

/** A zip archive, in the order of the paths. Its files have no times: all are from 1980. */
export function zipOf(entries: readonly ZipEntry[]): Buffer {
  const sorted = [...entries].sort((a, b) => (a.path < b.path ? -1 : 1));
  const files = sorted.map(({path, content, mode = 0o644}) => [
    path,
    [Buffer.from(content), {mtime: oldest, os: unix, attrs: (0o100000 | mode) << 16}] as const,
  ]);
  return Buffer.from(zipSync(Object.fromEntries(files)));
}
