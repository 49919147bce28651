import type {GroupKind} from '../kubernetes/resource.ts';
import {asRelease} from '../stream/join.ts';
import {type ObjectStream, readStream} from '../stream/manifest-stream.ts';
import type {HelmChoices} from './helm-options.ts';
import {decodeInput} from './input.ts';
import {readFile} from './read-file.ts';
import {readStdin} from './standard-streams.ts';
import type {ChartPlace} from './unit.ts';

/** Decides which kinds must be read. */
export type Concern = (object: GroupKind) => boolean;

export const isAddress = (name: string): boolean => /^(?:oci|https?):\/\//.test(name);

/** The objects in a file, or in stdin. @throws {UsageError} if they cannot be read */
export async function readNamed(name: string, isOfConcern: Concern): Promise<ObjectStream> {
  if (name === '-') return readManifests(await readStdin(), '<stdin>', isOfConcern);
  return readManifests(readFile(name), name, isOfConcern);
}

/**
 * The objects that a chart renders. @throws {UsageError} if it does not render, or they cannot be
 * read
 */
export async function readChart(
  place: ChartPlace,
  name: string,
  helm: HelmChoices,
  isOfConcern: Concern,
): Promise<ObjectStream> {
  const {renderChart} = await import('./render-chart.ts');
  return readRendering(await renderChart(place, name, helm), name, helm, isOfConcern);
}

/** The objects in what Helm rendered. @throws {UsageError} if they cannot be read */
export function readRendering(
  bytes: Uint8Array,
  name: string,
  {release, namespace}: HelmChoices,
  isOfConcern: Concern,
): ObjectStream {
  const named = {name: release, ...(namespace === undefined ? {} : {namespace})};
  return asRelease(readManifests(bytes, name, isOfConcern), named);
}

export const readManifests = (
  bytes: Uint8Array,
  file: string,
  isOfConcern: Concern,
): ObjectStream => readStream(decodeInput(bytes, file), file, isOfConcern);
