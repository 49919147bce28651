import {realpathSync} from 'node:fs';
import path from 'node:path';
import {UsageError} from '../errors.ts';
import {asRendering, joined} from '../stream/join.ts';
import type {ObjectStream} from '../stream/manifest-stream.ts';
import {safeText} from '../text/safe-text.ts';
import {textOfError} from './error-text.ts';
import {Room, requireRoom} from './input-size.ts';
import type {Kustomization, Kustomizations} from './kustomizations.ts';
import {LibraryChartError} from './library-chart.ts';
import {hasIdentity, hasKind, whyNoManifest} from './manifests.ts';
import {readFile} from './read-file.ts';
import {type Concern, readManifests} from './read-target.ts';
import {writeStderr} from './standard-streams.ts';
import type {Unit} from './unit.ts';
import {type Found, isOfHelm, type Skipped, use, walk} from './walk.ts';

/** A part of a folder that is checked on its own. */
export interface Release {
  /** The name of the folder, or of a chart or a kustomization in it. */
  readonly name: string;
  readonly stream: ObjectStream;
}

/**
 * The content of a folder without its charts: each kustomization as a stream, and all other
 * manifests as one stream, because kubectl applies them together. Files that are clearly not
 * manifests are listed on stderr and ignored.
 *
 * @throws {UsageError} if the folder cannot be searched, or contains nothing that could be applied
 */
export async function* releasesIn(
  folder: string,
  isOfConcern: Concern,
): AsyncGenerator<Release | Skipped | UsageError> {
  const all = [...walk(folder)];
  if (all.length === 0) {
    const message =
      'the folder contains no chart, no kustomization and no .yaml, .yml or .json file';
    throw new UsageError(message, {file: folder});
  }
  const kustomizations = await kustomizationsOf(folder, all);
  const isBuilt = ({is, file}: Found) => is === 'kustomization' && kustomizations?.has(file);
  const streams: ObjectStream[] = [];
  const room = new Room();
  for (const found of all) {
    if ('reason' in found) yield found;
    else if (found.is !== 'chart' && !isBuilt(found)) {
      try {
        if (!(await isTaken(found, kustomizations))) {
          streams.push(...(await manifestsOf(found, room, isOfConcern)));
        }
      } catch (error) {
        if (!(error instanceof UsageError)) throw error;
        yield {file: found.file, reason: textOfError(error, found.file)};
      }
    }
  }
  if (kustomizations !== undefined) yield* builtFrom(kustomizations, isOfConcern);
  if (streams.length > 0) yield {name: folder, stream: joined(streams)};
}

/** The kustomizations of a folder, if there are any. */
async function kustomizationsOf(
  folder: string,
  all: readonly (Found | Skipped)[],
): Promise<Kustomizations | undefined> {
  const named = all.filter(found => 'is' in found && found.is === 'kustomization');
  if (named.length === 0) return undefined;
  const {isForeign} = await import('./kustomization.ts');
  const {Kustomizations} = await import('./kustomizations.ts');
  const files = named.map(({file}) => file).filter(file => !isForeign(file));
  return new Kustomizations(folder, files);
}

/** The output of a kustomization that the user names. */
export async function* releaseOf(
  file: string,
  isOfConcern: Concern,
): AsyncGenerator<Release | Skipped | UsageError> {
  const {isForeign} = await import('./kustomization.ts');
  const {Kustomizations} = await import('./kustomizations.ts');
  if (isForeign(file)) yield {name: file, stream: readManifests(readFile(file), file, isOfConcern)};
  else yield* builtFrom(new Kustomizations(path.dirname(file), [file]), isOfConcern);
}

/**
 * The output of each kustomization as a stream. That of the folder itself is what the user named.
 */
async function* builtFrom(
  kustomizations: Kustomizations,
  isOfConcern: Concern,
): AsyncGenerator<Release | Skipped | UsageError> {
  const {builtOf} = await import('./build-order.ts');
  const {buildKustomization} = await import('./build-kustomization.ts');
  const build = async ({folder, file}: Kustomization): Promise<Release> => {
    const bytes = await buildKustomization(folder, file);
    return {name: file, stream: asRendering(readManifests(bytes, file, isOfConcern))};
  };
  for await (const {kustomization, result} of builtOf(kustomizations.all, build)) {
    const {file, folder} = kustomization;
    if (!(result instanceof UsageError)) yield result;
    else if (folder === kustomizations.root) yield result;
    else yield {file, reason: textOfError(result, file)};
  }
}

/**
 * Whether a kustomization uses the file: it is then built or listed, and is not a manifest itself.
 */
async function isTaken({file}: Found, kustomizations: Kustomizations | undefined) {
  const taken = kustomizations?.taking(use(file, () => realpathSync(file)));
  if (taken === undefined) return false;
  const {by, as} = taken;
  if (as !== undefined) await passOver(file, `${by} uses it as ${as}`);
  return true;
}

async function manifestsOf(
  {file, is}: Found,
  room: Room,
  isOfConcern: Concern,
): Promise<readonly ObjectStream[]> {
  const bytes = readFile(file);
  requireRoom(bytes, file);
  const isOfChart = is === 'chart file';
  const reason = whyNoManifest(bytes, isOfChart ? hasIdentity : hasKind);
  if (reason === undefined) {
    room.take(bytes, file);
    return [readManifests(bytes, file, isOfConcern)];
  }
  if (!(isOfChart && isOfHelm(path.basename(file)))) await passOver(file, reason);
  return [];
}

/**
 * A chart. If it is not what the user named, but in a folder or a repository, a library is passed over, and what fails is
 * skipped.
 */
export async function* chartOf(
  {name, isPart}: Unit,
  read: () => Promise<ObjectStream>,
): AsyncGenerator<Release | Skipped | UsageError> {
  try {
    yield {name, stream: await read()};
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    if (!isPart) yield error;
    else if (error instanceof LibraryChartError)
      await passOver(name, 'a library chart renders nothing');
    else yield {file: name, reason: textOfError(error, name)};
  }
}

const passOver = (file: string, reason: string): Promise<void> =>
  writeStderr(`skipped, because ${safeText(reason)}: ${safeText(file)}\n`);
