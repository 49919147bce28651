import {UsageError} from '../errors.ts';
import {asRelease} from '../stream/join.ts';
import type {ObjectStream} from '../stream/manifest-stream.ts';
import {ignoredFolders} from './find-program.ts';
import {helmOf} from './helm.ts';
import {interruptible} from './interrupt.ts';
import {type Concern, readManifests} from './read-target.ts';
import {ProgramError, runProgram} from './run-program.ts';

/** A release that Helm has installed. */
export interface InstalledRelease {
  readonly name: string;
  readonly namespace?: string | undefined;
  /** A context of the user's kubeconfig; by default the current one. */
  readonly context?: string | undefined;
}

/** How long Helm may take, in milliseconds. */
const callTime = 120_000;

/**
 * The manifests of an installed release, as the user's own Helm has stored them: without hooks, and
 * without what was changed in the cluster since.
 *
 * @throws {UsageError} if there is no helm, or no such release
 */
export async function readInstalled(
  {name, namespace, context}: InstalledRelease,
  isOfConcern: Concern,
): Promise<ObjectStream> {
  const file = `release ${name}`;
  const executable = helmOf(process.env);
  if (executable === undefined) throw new UsageError(noHelm, {file});
  const args = [
    'get',
    'manifest',
    ...(namespace === undefined ? [] : [`--namespace=${namespace}`]),
    ...(context === undefined ? [] : [`--kube-context=${context}`]),
    '--',
    name,
  ];
  const program = {name: 'helm', executable, args, env: {}, timeLimit: callTime};
  try {
    const bytes = await interruptible(signal => runProgram(program, signal));
    const known = {name, ...(namespace === undefined ? {} : {namespace})};
    return asRelease(readManifests(bytes, file, isOfConcern), known);
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error;
    const message = `helm could not read the release: ${error.message}`;
    throw new UsageError(message, {file}, {cause: error});
  }
}

const noHelm = `reading a release needs \`helm\`, which is not on the PATH: install Helm 3 or 4 ${ignoredFolders}`;
