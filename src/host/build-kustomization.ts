import {devNull} from 'node:os';
import path from 'node:path';
import {UsageError} from '../errors.ts';
import {findProgram, ignoredFolders, programFolders} from './find-program.ts';
import {interruptible} from './interrupt.ts';
import {ProgramError, runProgram} from './run-program.ts';

/** Milliseconds; large kustomizations take a second or two. */
const mostTime = 60_000;

/**
 * The output of the user's own `kustomize build`, or otherwise `kubectl kustomize`, for a folder,
 * without plugins, functions and Helm, and without files outside the folder of each kustomization.
 * Those are the defaults, so no options are needed. `folder` is a real path, which no kustomize
 * treats as a URL.
 *
 * @throws {UsageError} if there is neither, or it cannot build the folder
 */
export async function buildKustomization(
  folder: string,
  name: string,
  timeLimit: number = mostTime,
): Promise<Uint8Array> {
  const {executable, ...builder} = findBuilder(name);
  const program = {
    name: builder.name,
    executable,
    args: [...builder.args, folder],
    env: quietEnvironment(),
    isAlone: true,
    timeLimit,
  };
  try {
    return await interruptible(signal => runProgram(program, signal));
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error;
    const message = `${program.name} could not build it: ${error.message}`;
    throw new UsageError(message, {file: name}, {cause: error});
  }
}

/** @throws {UsageError} if there is no program that builds kustomizations */
function findBuilder(file: string) {
  const kustomize = findProgram('kustomize', process.env);
  if (kustomize !== undefined) return {name: 'kustomize', executable: kustomize, args: ['build']};
  const kubectl = findProgram('kubectl', process.env);
  if (kubectl !== undefined) return {name: 'kubectl', executable: kubectl, args: ['kustomize']};
  throw new UsageError(
    `building a kustomization needs \`kustomize\` or \`kubectl\`, and neither is on the PATH: install one of them ${ignoredFolders}`,
    {file},
  );
}

/** A proxy that cannot be reached. */
const nowhere = 'http://127.0.0.1:0';

/**
 * An environment in which kustomize cannot download anything: no git transport is allowed, and the
 * proxy does not exist. Kustomizations that would download something have been refused before.
 */
function quietEnvironment(): Readonly<Record<string, string>> {
  const kept = ['HOME', 'USERPROFILE', 'SystemRoot', 'TMPDIR', 'TEMP'].flatMap(key => {
    const value = process.env[key];
    return value === undefined ? [] : [[key, value] as const];
  });
  return {
    ...Object.fromEntries(kept),
    PATH: programFolders(process.env).join(path.delimiter),
    GIT_ALLOW_PROTOCOL: 'none',
    GIT_CONFIG_GLOBAL: devNull,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    HTTP_PROXY: nowhere,
    HTTPS_PROXY: nowhere,
  };
}
