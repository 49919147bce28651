import {readFileSync} from 'node:fs';
import path from 'node:path';
import {UsageError} from '../errors.ts';
import {joined} from '../stream/join.ts';
import type {ObjectStream} from '../stream/manifest-stream.ts';
import {safeText} from '../text/safe-text.ts';
import {textOfError} from './error-text.ts';
import type {HelmChoices} from './helm-options.ts';
import {Room} from './input-size.ts';
import {LibraryChartError} from './library-chart.ts';
import {whyNoManifest} from './manifests.ts';
import {type Concern, readChart, readManifests} from './read-target.ts';
import {writeStderr} from './standard-streams.ts';
import {type Found, type Skipped, use, walk} from './walk.ts';

/** What of a folder is judged by itself. */
export interface Release {
  /** The folder's name, or that of a chart in it. */
  readonly name: string;
  readonly stream: ObjectStream;
}

/**
 * What a folder holds: each chart as a stream, and all manifests as one, since kubectl applies them together. What
 * is plainly no manifest is told on stderr, and counts for nothing.
 *
 * @throws {UsageError} where the folder cannot be looked through, or holds nothing that could be applied
 */
export async function* releasesIn(
  folder: string,
  helm: HelmChoices,
  isOfConcern: Concern,
): AsyncGenerator<Release | Skipped | UsageError> {
  const streams: ObjectStream[] = [];
  const room = new Room();
  let isEmpty = true;
  for (const found of walk(folder)) {
    isEmpty = false;
    if ('reason' in found) yield found;
    else {
      try {
        if (found.is === 'chart') yield await chartOf(found, helm, isOfConcern);
        else streams.push(...(await manifestsOf(found, room, isOfConcern)));
      } catch (error) {
        yield* await told(error, found, folder);
      }
    }
  }
  if (streams.length > 0) yield {name: folder, stream: joined(streams)};
  if (!isEmpty) return;
  const message = 'the folder contains no chart and no .yaml, .yml or .json file';
  throw new UsageError(message, {file: folder});
}

const chartOf = async (
  {file}: Found,
  helm: HelmChoices,
  isOfConcern: Concern,
): Promise<Release> => ({
  name: file,
  stream: await readChart(path.resolve(file), file, helm, isOfConcern),
});

async function manifestsOf(
  {file}: Found,
  room: Room,
  isOfConcern: Concern,
): Promise<readonly ObjectStream[]> {
  const bytes = use(file, () => readFileSync(file));
  const reason = whyNoManifest(bytes);
  if (reason === undefined) {
    room.take(bytes, file);
    return [readManifests(bytes, file, isOfConcern)];
  }
  await passOver(file, reason);
  return [];
}

/** What is told of `found`, which could not be read: the folder's own chart is what the user named. */
async function told(
  error: unknown,
  {file}: Found,
  folder: string,
): Promise<readonly (Skipped | UsageError)[]> {
  if (!(error instanceof UsageError)) throw error;
  if (file === folder) return [error];
  if (!(error instanceof LibraryChartError)) return [{file, reason: textOfError(error, file)}];
  await passOver(file, 'a library chart renders nothing');
  return [];
}

const passOver = (file: string, reason: string): Promise<void> =>
  writeStderr(`skipped, because ${reason}: ${safeText(file)}\n`);
