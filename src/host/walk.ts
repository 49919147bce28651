import {
  closeSync,
  lstatSync,
  openSync,
  readdirSync,
  readSync,
  realpathSync,
  type Stats,
  statSync,
} from 'node:fs';
import path from 'node:path';
import {UsageError} from '../errors.ts';
import {isWithin} from './links.ts';

/** Something in a folder that kubectl, kustomize or Helm could apply. */
export interface Found {
  readonly file: string;
  /**
   * A chart is a folder or an archive that Helm reads; a file is one that kubectl reads, and a
   * chart file is one next to a `Chart.yaml`.
   */
  readonly is: 'chart' | 'chart file' | 'file' | 'kustomization';
}

/** Something that could be applied and was not checked. */
export interface Skipped {
  readonly file: string;
  readonly reason: string;
}

/**
 * The extensions by which kubectl treats a file in a folder as a manifest (FileExtensions of
 * k8s.io/cli-runtime), in upper or lower case.
 */
const manifest = /\.(?:ya?ml|json)$/i;
const archive = /\.(?:tgz|tar\.gz)$/i;

/** Whether kustomize reads a file with that name to build its folder. */
export const isKustomization = (name: string): boolean =>
  ['kustomization.yaml', 'kustomization.yml', 'Kustomization'].includes(name);

/** Folders of tools, which may contain thousands of files: they are not searched. */
const toolFolders = ['.git', 'node_modules'];

/** Whether Helm itself reads a chart file with that name. kubectl reads it as well. */
export const isOfHelm = (name: string): boolean =>
  ['Chart.yaml', 'values.yaml', 'values.schema.json', 'requirements.yaml'].includes(name);

/**
 * The content of `folder`, in the order of names, no folder twice: charts, archives, kustomizations
 * and manifests. For a chart folder, the chart and the files next to `Chart.yaml`, which kubectl
 * would apply. Links that point outside the folder are not followed.
 *
 * @throws {UsageError} if `folder` itself cannot be read
 */
export function* walk(folder: string): Generator<Found | Skipped> {
  const root = use(folder, () => realpathSync(folder));
  yield* below(folder, root, new Set());
}

function* below(folder: string, root: string, seen: Set<string>): Generator<Found | Skipped> {
  const place = use(folder, () => realpathSync(folder));
  if (seen.has(place)) return;
  seen.add(place);
  const names = use(folder, () => readdirSync(folder)).sort();
  const isChart = names.includes('Chart.yaml');
  if (isChart) yield {file: folder, is: 'chart'};
  for (const name of names) {
    const file = path.join(folder, name);
    try {
      yield* at(file, isChart, root, seen);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      yield {file, reason: error.message};
    }
  }
}

/** What `file` is or contains; `isOfChart` means that it is next to a `Chart.yaml`. */
function* at(
  file: string,
  isOfChart: boolean,
  root: string,
  seen: Set<string>,
): Generator<Found | Skipped> {
  const name = path.basename(file);
  const stats = statsOf(file, root);
  if (typeof stats === 'string') {
    if (stats !== '' || looksApplicable(name)) {
      yield {file, reason: stats || 'it is a broken link'};
    }
  } else if (stats.isDirectory()) {
    if (toolFolders.includes(name)) yield* skippedFolder(file);
    else if (!isOfChart) yield* below(file, root, seen);
  } else yield* asFile(file, stats, isOfChart);
}

const looksApplicable = (name: string): boolean =>
  manifest.test(name) || archive.test(name) || isKustomization(name);

function* asFile(file: string, stats: Stats, isOfChart: boolean): Generator<Found | Skipped> {
  const isManifest = manifest.test(file);
  if (!stats.isFile()) {
    if (looksApplicable(path.basename(file))) yield {file, reason: 'it is not a regular file'};
  } else if (isKustomization(path.basename(file))) yield {file, is: 'kustomization'};
  else if (isManifest) yield {file, is: isOfChart ? 'chart file' : 'file'};
  else if (archive.test(file) || isGzip(file)) yield {file, is: 'chart'};
}

/** A folder of a tool, if it contains something that kubectl would read. */
function* skippedFolder(folder: string): Generator<Skipped> {
  if (holdsManifest(folder)) {
    yield {file: folder, reason: `folders with that name are not searched`};
  }
}

function holdsManifest(folder: string): boolean {
  const entries = use(folder, () => readdirSync(folder, {withFileTypes: true}));
  return (
    entries.some(entry => !entry.isDirectory() && manifest.test(entry.name)) ||
    entries.some(entry => entry.isDirectory() && holdsManifest(path.join(folder, entry.name)))
  );
}

/** What `file` is, or why it is skipped; an empty text for a broken link. */
function statsOf(file: string, root: string): Stats | string {
  const stats = use(file, () => targetOf(file));
  if (stats === undefined) return '';
  if (!use(file, () => lstatSync(file)).isSymbolicLink()) return stats;
  const target = use(file, () => realpathSync(file));
  return isWithin(root, target) ? stats : 'it is a link that points outside the folder';
}

/** Undefined if `file` is a broken link, or one of links that lead to each other. */
function targetOf(file: string): Stats | undefined {
  try {
    return statSync(file, {throwIfNoEntry: false});
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ELOOP') return undefined;
    throw error;
  }
}

/** Helm recognizes an archive by its first bytes (RFC 1952), whatever its name. */
function isGzip(file: string): boolean {
  const start = Buffer.alloc(2);
  const descriptor = use(file, () => openSync(file, 'r'));
  try {
    return readSync(descriptor, start, 0, 2, 0) === 2 && start.readUInt16BE() === 0x1f8b;
  } finally {
    closeSync(descriptor);
  }
}

/** @throws {UsageError} if the system refuses `access` to `file` */
export function use<T>(file: string, access: () => T): T {
  try {
    return access();
  } catch (error) {
    const {code} = error as NodeJS.ErrnoException;
    const message = code === 'ENOENT' ? 'the target does not exist' : `it cannot be read (${code})`;
    throw new UsageError(message, {file}, {cause: error});
  }
}
