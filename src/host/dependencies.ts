import {cpSync, existsSync, mkdirSync, realpathSync, statSync} from 'node:fs';
import path from 'node:path';
import {UsageError} from '../errors.ts';
import {asList, asMap, asString, type JsonMap} from '../json.ts';
import {decodeStream} from '../stream/text.ts';
import {readDocument} from '../yaml/read.ts';
import {splitDocuments} from '../yaml/split.ts';
import type {Helm} from './helm.ts';
import {isWithin, requireNoLinkOut} from './links.ts';
import {readRegularFile} from './read-file.ts';
import {ProgramError} from './run-program.ts';
import {unpackChart} from './unpack-chart.ts';

/**
 * A copy of a chart in the temporary folder of `helm`, with the dependencies that its lock file names, or else its
 * `Chart.yaml`. The chart itself is not changed. A dependency at a `file://` path is used if it is in the working
 * directory.
 *
 * @throws {UsageError} if they cannot be fetched, or the chart cannot be copied
 */
export async function withDependencies(chart: string, name: string, helm: Helm): Promise<string> {
  const copy = statSync(chart).isDirectory()
    ? copied(chart, name, helm.folder)
    : await unpackChart(chart, name, path.join(helm.folder, 'unpacked'));
  const lock = ['Chart.lock', 'requirements.lock'].find(file => existsSync(path.join(copy, file)));
  try {
    if (lock === undefined) await helm.run(['dependency', 'update', '--', copy]);
    else {
      await addRepositories(path.join(copy, lock), helm);
      await helm.run(['dependency', 'build', '--', copy]);
    }
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error;
    const message = `helm could not fetch the dependencies: ${error.message}`;
    throw new UsageError(message, {file: name}, {cause: error});
  }
  return copy;
}

/** Helm builds from a lock file only what is in repositories that it knows. */
async function addRepositories(lock: string, helm: Helm): Promise<void> {
  const addresses = dependenciesIn(lock).filter(address => /^https?:\/\//.test(address));
  for (const [index, address] of [...new Set(addresses)].entries()) {
    await helm.run(['repo', 'add', '--force-update', '--', `dependency-${index}`, address]);
  }
}

/** Levels above the copy of a chart, in which the charts beside it have room. */
const levels = ['1', '2', '3', '4', '5', '6'];

/** A copy of a chart folder, and of the charts at relative `file://` paths, in the same places from there. */
function copied(chart: string, name: string, folder: string): string {
  const place = path.join(folder, 'copied');
  const copy = path.join(place, ...levels, path.basename(chart));
  copyFolder(chart, copy);
  const own = ['Chart.yaml', 'requirements.yaml'].map(file => path.join(chart, file));
  for (const address of own.filter(file => existsSync(file)).flatMap(dependenciesIn)) {
    const beside = /^file:\/\/(?!\/)(.+)$/.exec(address)?.[1];
    if (beside === undefined) continue;
    const from = path.resolve(chart, beside);
    const to = path.resolve(copy, beside);
    if (existsSync(to) || !isWithin(place, to) || !isOurs(from)) continue;
    requireNoLinkOut(from, path.join(name, beside));
    copyFolder(from, to);
  }
  return copy;
}

function copyFolder(from: string, to: string): void {
  mkdirSync(path.dirname(to), {recursive: true});
  cpSync(from, to, {recursive: true, verbatimSymlinks: true});
}

/** Whether `folder` is a chart in the working directory. */
const isOurs = (folder: string): boolean =>
  existsSync(path.join(folder, 'Chart.yaml')) &&
  isWithin(realpathSync(process.cwd()), realpathSync(folder));

/** The addresses of the dependencies in a file of a chart. What Helm cannot read either has none. */
function dependenciesIn(file: string): readonly string[] {
  return asList(mapIn(file)['dependencies']).flatMap(
    each => asString(asMap(each)?.['repository']) ?? [],
  );
}

function mapIn(file: string): JsonMap {
  try {
    const text = decodeStream(readRegularFile(file));
    const [document] = splitDocuments(text);
    return document === undefined
      ? {}
      : (asMap(readDocument(text, document.start, document.end).value) ?? {});
  } catch {
    return {};
  }
}
