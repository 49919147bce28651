import path from 'node:path';
import type {GroupKind} from '../kubernetes/resource.ts';
import {asRelease} from '../stream/join.ts';
import {type ObjectStream, readStream} from '../stream/manifest-stream.ts';
import type {HelmChoices} from './helm-options.ts';
import {decodeInput} from './input.ts';
import {readFile} from './read-file.ts';
import {readStdin} from './standard-streams.ts';

/** Decides which kinds must be read. */
export type Concern = (object: GroupKind) => boolean;

export const isAddress = (name: string): boolean => /^(?:oci|https?):\/\//.test(name);

/** The objects in a target that is not a folder. @throws {UsageError} if it cannot be read */
export async function readNamed(
  name: string,
  helm: HelmChoices,
  isOfConcern: Concern,
): Promise<ObjectStream> {
  if (name === '-') return readManifests(await readStdin(), '<stdin>', isOfConcern);
  if (isAddress(name)) return readChart(name, name, helm, isOfConcern);
  if (/\.(?:tgz|tar\.gz)$/.test(name)) {
    return readChart(path.resolve(name), name, helm, isOfConcern);
  }
  return readManifests(readFile(name), name, isOfConcern);
}

/**
 * The objects that a chart renders. @throws {UsageError} if it does not render, or they cannot be
 * read
 */
export async function readChart(
  chart: string,
  name: string,
  helm: HelmChoices,
  isOfConcern: Concern,
): Promise<ObjectStream> {
  const {renderChart} = await import('./render-chart.ts');
  const manifests = readManifests(await renderChart(chart, name, helm), name, isOfConcern);
  const {release: releaseName, namespace} = helm;
  return asRelease(manifests, {name: releaseName, ...(namespace === undefined ? {} : {namespace})});
}

export const readManifests = (
  bytes: Uint8Array,
  file: string,
  isOfConcern: Concern,
): ObjectStream => readStream(decodeInput(bytes, file), file, isOfConcern);
