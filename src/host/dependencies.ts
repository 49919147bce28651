import {cpSync, existsSync, mkdirSync, realpathSync, statSync} from 'node:fs';
import path from 'node:path';
import {UsageError} from '../errors.ts';
import {asList, asMap, asString, inAnyCase} from '../json.ts';
import type {Helm} from './helm.ts';
import {readObjects} from './kustomization.ts';
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
  const place = path.join(helm.folder, 'copied');
  const copy = statSync(chart).isDirectory()
    ? copied(chart, name, place)
    : await unpackChart(chart, name, place);
  requireNear(copy, name, place);
  const lock = ['Chart.lock', 'requirements.lock'].find(file => existsSync(path.join(copy, file)));
  try {
    if (lock === undefined) await helm.run(['dependency', 'update', '--', copy]);
    else {
      await addRepositories(addressesIn(copy, lock, name), helm);
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
async function addRepositories(dependencies: readonly string[], helm: Helm): Promise<void> {
  const addresses = dependencies.filter(address => /^https?:\/\//.test(address));
  for (const [index, address] of [...new Set(addresses)].entries()) {
    await helm.run(['repo', 'add', '--force-update', '--', `dependency-${index}`, address]);
  }
}

/**
 * @throws {UsageError} if a chart has a dependency at a path outside of `place` and the working directory: Helm would read
 * whatever is there
 */
function requireNear(copy: string, name: string, place: string): void {
  for (const beside of pathsIn(copy, name)) {
    const from = path.resolve(copy, beside);
    if (isWithin(place, from)) continue;
    if (!isOurs(from)) {
      const message = `the dependency at "${ofFile}${beside}" is not in the working directory: run the audit in a folder that contains both`;
      throw new UsageError(message, {file: name});
    }
    requireNoLinkOut(from, from);
  }
}

/** Levels above the copy of a chart, in which the charts beside it have room. */
const levels = ['1', '2', '3', '4', '5', '6'];

/** A copy of a chart folder, and of the charts at relative `file://` paths, in the same places from there. */
function copied(chart: string, name: string, place: string): string {
  const copy = path.join(place, ...levels, path.basename(chart));
  copyFolder(chart, copy);
  for (const beside of pathsIn(chart, name)) {
    const from = path.resolve(chart, beside);
    const to = path.resolve(copy, beside);
    if (path.isAbsolute(beside) || existsSync(to) || !isWithin(place, to) || !isOurs(from))
      continue;
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

/** The files of a chart from which Helm takes dependencies. */
const dependencyFiles = ['Chart.yaml', 'requirements.yaml', 'Chart.lock', 'requirements.lock'];

const ofFile = 'file://';

/** The paths of the dependencies of a chart that are charts on this machine. */
const pathsIn = (chart: string, name: string): readonly string[] =>
  dependencyFiles
    .filter(file => existsSync(path.join(chart, file)))
    .flatMap(file => addressesIn(chart, file, name))
    .filter(address => address.startsWith(ofFile))
    .map(address => address.slice(ofFile.length));

/**
 * The addresses of the dependencies in a file of a chart, in any document of it: Helm reads the first.
 *
 * @throws {UsageError} if it cannot be read
 */
const addressesIn = (chart: string, file: string, name: string): readonly string[] =>
  readObjects(readRegularFile(path.join(chart, file)), `${name}/${file}`)
    .flatMap(object => inAnyCase(object, 'dependencies'))
    .flatMap(asList)
    .flatMap(each => inAnyCase(asMap(each) ?? {}, 'repository'))
    .flatMap(address => asString(address) ?? []);
