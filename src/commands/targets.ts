import {readdirSync, readFileSync, realpathSync, type Stats, statSync} from 'node:fs';
import path from 'node:path';
import {UsageError} from '../errors.ts';
import type {HelmChoices} from './helm-options.ts';
import {decodeInput} from './input.ts';
import {readStdin} from './standard-streams.ts';

export interface Target {
  readonly text: string;
  /** The name that findings give it. */
  readonly file: string;
  /** Whether it was only found in a folder: what else lies there need not be a manifest. */
  readonly isFound: boolean;
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
    return [{text: decodeInput(await readStdin(), '<stdin>'), file: '<stdin>', isFound: false}];
  }
  if (/^(?:oci|https?):\/\//.test(name)) return [await readChart(name, name, helm)];
  if (!isFolder(name)) return [await readFile(name, helm, false)];
  const targets: Target[] = [];
  for (const {file, isChart} of walk(name, new Set())) {
    targets.push(
      isChart ? await readChart(path.resolve(file), file, helm) : await readFile(file, helm, true),
    );
  }
  if (targets.length > 0) return targets;
  throw new UsageError('the folder holds no chart and no .yaml, .yml or .json file', {file: name});
}

async function readFile(file: string, helm: HelmChoices, isFound: boolean): Promise<Target> {
  if (/\.(?:tgz|tar\.gz)$/.test(file)) return readChart(path.resolve(file), file, helm);
  return {
    text: decodeInput(
      use(file, () => readFileSync(file)),
      file,
    ),
    file,
    isFound,
  };
}

async function readChart(chart: string, name: string, helm: HelmChoices): Promise<Target> {
  const {renderChart} = await import('./render-chart.ts');
  const bytes = await renderChart(chart, name, helm);
  return {text: decodeInput(bytes, name), file: name, isFound: false};
}

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
