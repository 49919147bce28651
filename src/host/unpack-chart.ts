import {mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {Readable} from 'node:stream';
import {gunzipSync} from 'node:zlib';
import {extract} from 'tar-stream';
import {UsageError} from '../errors.ts';
import {readRegularFile} from './read-file.ts';

/** The limits of Helm for an archive (`MaxDecompressedChartSize` of helm.sh/helm), and one for the number of files. */
const mostBytes = 100 * 2 ** 20;
const mostFiles = 10_000;

/**
 * Unpacks the archive of a chart into `folder`, and returns the folder of the chart. Links and devices in it are left
 * out, as by Helm.
 *
 * @throws {UsageError} if it is no archive, is too large, or has a path that leads out of it
 */
export async function unpackChart(archive: string, name: string, folder: string): Promise<string> {
  const roots = new Set<string>();
  let count = 0;
  for await (const {steps, content} of filesIn(archive, name)) {
    if (++count > mostFiles) throw refused(name, `it contains more than ${mostFiles} files`);
    const [root = '', ...rest] = steps;
    if (rest.length === 0) continue;
    roots.add(root);
    const file = path.join(folder, ...steps);
    try {
      mkdirSync(path.dirname(file), {recursive: true});
      writeFileSync(file, content, {flag: 'wx'});
    } catch (error) {
      const {code} = error as NodeJS.ErrnoException;
      throw refused(name, `a file in it cannot be unpacked (${code})`, error);
    }
  }
  const [root, more] = roots;
  if (root !== undefined && more === undefined) return path.join(folder, root);
  throw refused(name, 'it must contain one folder');
}

/** The files in an archive, by the steps of their paths. */
async function* filesIn(archive: string, name: string) {
  const bytes = unzipped(readRegularFile(archive), name);
  const entries = Readable.from([bytes]).pipe(extract());
  try {
    for await (const entry of entries) {
      const {header} = entry;
      const chunks: Uint8Array[] = [];
      for await (const chunk of entry) chunks.push(chunk as Uint8Array);
      if (header.type !== 'file') continue;
      yield {steps: stepsOf(header.name, name), content: Buffer.concat(chunks)};
    }
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw refused(name, 'it is damaged', error);
  }
}

function unzipped(bytes: Uint8Array, name: string): Uint8Array {
  try {
    return gunzipSync(bytes, {maxOutputLength: mostBytes});
  } catch (error) {
    const isLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    throw refused(
      name,
      isLarge ? `it unpacks to more than ${mostBytes} bytes` : 'it is no gzip file',
      error,
    );
  }
}

/** @throws {UsageError} if the path leads out of the folder on any system */
function stepsOf(file: string, name: string): readonly string[] {
  const steps = file.split('/').filter(step => step !== '.' && step !== '');
  const isOutside = file.startsWith('/') || /[\\\0]|^[A-Za-z]:/.test(file) || steps.includes('..');
  if (!isOutside && steps.length > 0) return steps;
  throw refused(name, `it contains the path "${file}", which leads out of it`);
}

const refused = (file: string, reason: string, cause?: unknown): UsageError =>
  new UsageError(`the archive cannot be unpacked: ${reason}`, {file}, {cause});
