import {readdirSync, readFileSync, realpathSync, type Stats, statSync} from 'node:fs';
import path from 'node:path';
import {UsageError} from '../errors.ts';
import {safeText} from '../text/safe-text.ts';
import type {HelmChoices} from './helm-options.ts';
import {decodeInput} from './input.ts';
import {holdsNoManifest} from './manifests.ts';
import {readStdin, writeStderr} from './standard-streams.ts';

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

/**
 * The manifests of what the user named: a file, a folder of files and charts, a chart (a folder,
 * an archive or an address), or `-` for stdin.
 *
 * @throws {UsageError} where one cannot be read
 */
export async function readTargets(
  names: readonly string[],
  helm: HelmChoices,
): Promise<readonly Target[]> {
  const targets: Target[] = [];
  for (const name of new Set(names)) targets.push(...(await readTarget(name, helm)));
  return targets;
}

async function readTarget(name: string, helm: HelmChoices): Promise<readonly Target[]> {
  if (name === '-') {
    return [{bytes: await readStdin(), file: '<stdin>', origin: 'named'}];
  }
  if (/^(?:oci|https?):\/\//.test(name)) return [await readChart(name, name, helm)];
  if (!isFolder(name)) return [await readFile(name, helm, 'named')];
  const targets: Target[] = [];
  for (const {file, isChart} of walk(name, new Set())) {
    if (isChart && file !== name && isLibrary(file)) {
      await passOver(file, 'a library chart renders nothing');
      continue;
    }
    targets.push(
      isChart
        ? await readChart(path.resolve(file), file, helm)
        : await readFile(file, helm, 'found'),
    );
  }
  if (targets.length > 0) return targets;
  throw new UsageError('the folder holds no chart and no .yaml, .yml or .json file', {file: name});
}

async function readFile(
  file: string,
  helm: HelmChoices,
  origin: Target['origin'],
): Promise<Target> {
  if (/\.(?:tgz|tar\.gz)$/.test(file)) return readChart(path.resolve(file), file, helm);
  return {bytes: use(file, () => readFileSync(file)), file, origin};
}

async function readChart(chart: string, name: string, helm: HelmChoices): Promise<Target> {
  const {renderChart} = await import('./render-chart.ts');
  return {bytes: await renderChart(chart, name, helm), file: name, origin: 'rendered'};
}

/**
 * What `work` makes of each target's text. A file that was found in a folder beside manifests and
 * is none is left out, and named on stderr.
 *
 * @throws {UsageError} what `work` throws, and where a target is no text or none holds a manifest
 */
export async function fromTargets<T>(
  targets: readonly Target[],
  work: (text: string, target: Target) => T,
): Promise<readonly T[]> {
  const results: T[] = [];
  for (const target of targets) {
    try {
      results.push(work(decodeInput(target.bytes, target.file), target));
    } catch (error) {
      if (target.origin !== 'found' || !(error instanceof UsageError)) throw error;
      if (!holdsNoManifest(target.bytes)) throw error;
      await passOver(target.file, 'it holds no manifest');
    }
  }
  if (results.length === 0) throw new UsageError('no target holds a manifest');
  return results;
}

const passOver = (file: string, reason: string): Promise<void> =>
  writeStderr(`passed over, since ${reason}: ${safeText(file)}\n`);

const isFolder = (name: string): boolean => use(name, () => statSync(name)).isDirectory();

/** @throws {UsageError} where the system refuses `access` to `file` */
function use<T>(file: string, access: () => T): T {
  try {
    return access();
  } catch (error) {
    const {code} = error as NodeJS.ErrnoException;
    const message = code === 'ENOENT' ? 'the target does not exist' : `it cannot be read: ${code}`;
    throw new UsageError(message, {file}, {cause: error});
  }
}

interface Found {
  readonly file: string;
  readonly isChart: boolean;
}

const isLibrary = (chart: string): boolean => {
  const file = path.join(chart, 'Chart.yaml');
  return /^type:\s*["']?library\b/m.test(use(file, () => readFileSync(file, 'utf8')));
};

/** Folders of tools, with files that are nobody's manifests. */
const passedOver = ['.git', 'node_modules'];

/** The charts and the files below `folder`, in the order of their names; no folder twice. */
function* walk(folder: string, seen: Set<string>): Generator<Found> {
  const place = use(folder, () => realpathSync(folder));
  if (seen.has(place)) return;
  seen.add(place);
  const names = use(folder, () => readdirSync(folder)).sort();
  if (names.includes('Chart.yaml')) {
    yield {file: folder, isChart: true};
    return;
  }
  for (const name of names) {
    const file = path.join(folder, name);
    const stats = statsOf(file);
    if (stats?.isDirectory() && !passedOver.includes(name)) yield* walk(file, seen);
    if (stats?.isFile() && /\.(?:ya?ml|json)$/.test(name)) yield {file, isChart: false};
  }
}

/** Undefined for a link that leads nowhere. */
const statsOf = (file: string): Stats | undefined =>
  use(file, () => statSync(file, {throwIfNoEntry: false}));
