import {readFileSync, statSync} from 'node:fs';
import path from 'node:path';
import {UsageError} from '../errors.ts';
import {safeText} from '../text/safe-text.ts';
import {textOfError} from './error-text.ts';
import type {HelmChoices} from './helm-options.ts';
import {decodeInput} from './input.ts';
import {LibraryChartError} from './library-chart.ts';
import {holdsNoManifest} from './manifests.ts';
import {readStdin, writeStderr} from './standard-streams.ts';
import {type Found, type Skipped, use, walk} from './walk.ts';

export interface Target {
  readonly bytes: Uint8Array;
  /** The name that findings give it. */
  readonly file: string;
  /**
   * `named` by the user; `found` in a folder, where what else lies there need not be a manifest; or
   * `rendered` from a chart, so that nobody but us has seen the text.
   */
  readonly origin: 'named' | 'found' | 'rendered';
}

/** The option of those who read targets, for node:util's `parseArgs`. */
export const targetOptions = {'allow-skipped': {type: 'boolean'}} as const;

/** @throws {UsageError} where `command` is given no target */
export function requireTargets(command: string, targets: readonly string[]): void {
  if (targets.length > 0) return;
  throw new UsageError(`${command} takes targets: manifest files, folders, charts, or - for stdin`);
}

/** What came of the targets of a call. */
export interface Outcome<T> {
  readonly results: readonly T[];
  /** What kubectl or Helm could apply, and nobody has looked at: each was told on stderr. */
  readonly skipped: readonly Skipped[];
}

/**
 * What `work` makes of the text of each target that the user named: a file, a folder of files and charts, a
 * chart (a folder, an archive or an address), or `-` for stdin. In a folder, what cannot be read is skipped, and
 * told; so is what is plainly no manifest, and counts for nothing.
 *
 * @throws {UsageError} where a named target cannot be read, and where none holds a manifest
 */
export async function fromTargets<T>(
  names: readonly string[],
  helm: HelmChoices,
  work: (text: string, target: Target) => T,
): Promise<Outcome<T>> {
  const results: T[] = [];
  const skipped: Skipped[] = [];
  const doWork = (target: Target) =>
    void results.push(work(decodeInput(target.bytes, target.file), target));
  for (const name of new Set(names)) {
    if (isFolder(name)) skipped.push(...(await fromFolder(name, helm, doWork)));
    else doWork(await readNamed(name, helm));
  }
  for (const {file, reason} of skipped) {
    await writeStderr(`skipped, and not judged: ${safeText(file)}: ${safeText(reason)}\n`);
  }
  if (results.length === 0) throw new UsageError('no target holds a manifest');
  return {results, skipped};
}

/** The exit code of a call that skipped something: it stands before what `code` says. */
export async function exitCodeOf(
  skipped: readonly Skipped[],
  isAllowed: boolean | undefined,
  code: number,
): Promise<number> {
  if (skipped.length === 0 || isAllowed === true) return code;
  await writeStderr('what was skipped counts as a failure; --allow-skipped lets it pass\n');
  return 2;
}

const isAddress = (name: string): boolean => /^(?:oci|https?):\/\//.test(name);

const isFolder = (name: string): boolean =>
  name !== '-' && !isAddress(name) && use(name, () => statSync(name)).isDirectory();

async function readNamed(name: string, helm: HelmChoices): Promise<Target> {
  if (name === '-') return {bytes: await readStdin(), file: '<stdin>', origin: 'named'};
  if (isAddress(name)) return readChart(name, name, helm);
  if (/\.(?:tgz|tar\.gz)$/.test(name)) return readChart(path.resolve(name), name, helm);
  return {bytes: use(name, () => readFileSync(name)), file: name, origin: 'named'};
}

async function readChart(chart: string, name: string, helm: HelmChoices): Promise<Target> {
  const {renderChart} = await import('./render-chart.ts');
  return {bytes: await renderChart(chart, name, helm), file: name, origin: 'rendered'};
}

/** Does `work` with all that a folder holds, and gives back what could not be done. */
async function fromFolder(
  folder: string,
  helm: HelmChoices,
  work: (target: Target) => void,
): Promise<readonly Skipped[]> {
  const skipped: Skipped[] = [];
  let isEmpty = true;
  for (const found of walk(folder)) {
    isEmpty = false;
    if ('reason' in found) skipped.push(found);
    else if (found.is === 'chart' && found.file === folder) {
      work(await readChart(path.resolve(folder), folder, helm));
    } else skipped.push(...(await fromFound(found, helm, work)));
  }
  if (!isEmpty) return skipped;
  const message = 'the folder holds no chart and no .yaml, .yml or .json file';
  throw new UsageError(message, {file: folder});
}

async function fromFound(
  {file, is}: Found,
  helm: HelmChoices,
  work: (target: Target) => void,
): Promise<readonly Skipped[]> {
  try {
    if (is === 'chart') work(await readChart(path.resolve(file), file, helm));
    else {
      const bytes = use(file, () => readFileSync(file));
      if (holdsNoManifest(bytes)) await passOver(file, 'it holds no manifest');
      else work({bytes, file, origin: 'found'});
    }
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    if (!(error instanceof LibraryChartError)) return [{file, reason: textOfError(error, file)}];
    await passOver(file, 'a library chart renders nothing');
  }
  return [];
}

const passOver = (file: string, reason: string): Promise<void> =>
  writeStderr(`skipped, since ${reason}: ${safeText(file)}\n`);
