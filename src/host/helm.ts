import {mkdirSync} from 'node:fs';
import {devNull, tmpdir} from 'node:os';
import path from 'node:path';
import type {DirectoryResult} from 'tmp-promise';
import {UsageError} from '../errors.ts';
import {isHelmCommand} from './caller.ts';
import {findProgram, ignoredFolders, programFolders} from './find-program.ts';
import type {HelmLimits} from './helm-options.ts';
import {interruptible} from './interrupt.ts';
import {type Program, runProgram} from './run-program.ts';

/** What may differ between two calls of helm. */
export type RunChoices = Pick<Program, 'isQuiet' | 'timeLimit'>;

/** The user's Helm, with a temporary folder that is removed afterwards. */
export interface Helm {
  /** An absolute path. */
  readonly folder: string;
  /**
   * The output of helm. Its warnings are printed to stderr, unless `choices` say otherwise.
   *
   * @throws {ProgramError} if it fails or exceeds a limit
   */
  readonly run: (args: readonly string[], choices?: RunChoices) => Promise<Uint8Array>;
}

/**
 * Does `work` with the user's Helm. Unless the user lends theirs, Helm has empty homes in the temporary folder: no
 * repositories, no logins, no plugins. It never has a cluster. The folder is removed afterwards, also when the run is
 * interrupted. Errors name the target `name`.
 *
 * @throws {UsageError} if there is no helm, or no place for the folder
 */
export async function withHelm<T>(
  name: string,
  {usesHelmConfig, timeLimit, memoryLimit}: HelmLimits,
  work: (helm: Helm) => Promise<T>,
): Promise<T> {
  const executable = helmOf(process.env);
  if (executable === undefined) throw new UsageError(noHelm, {file: name});
  return interruptible(async signal => {
    const temporary = await temporaryFolder(name);
    const folder = temporary.path;
    const env = usesHelmConfig ? {KUBECONFIG: devNull} : ownEnvironment(folder, memoryLimit);
    const isAlone = !usesHelmConfig;
    try {
      return await work({
        folder,
        run: (args, choices) =>
          runProgram(
            {name: 'helm', executable, args, env, isAlone, timeLimit, memoryLimit, ...choices},
            signal,
          ),
      });
    } finally {
      await temporary.cleanup();
    }
  });
}

/** The variables of the user that Helm needs to reach registries, and to name the namespace. */
const kept = [
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'SystemRoot',
  'HELM_NAMESPACE',
];

/**
 * The environment of a Helm with homes in `folder`. Registry logins are found in the homes of Helm and of Docker, and
 * through programs that these name.
 */
function ownEnvironment(folder: string, memoryLimit: number): Readonly<Record<string, string>> {
  const temporary = path.join(folder, 'tmp');
  mkdirSync(temporary, {recursive: true});
  const own = kept.flatMap(key => {
    const value = process.env[key];
    return value === undefined ? [] : [[key, value] as const];
  });
  return {
    ...Object.fromEntries(own),
    PATH: programFolders(process.env).join(path.delimiter),
    HOME: folder,
    USERPROFILE: folder,
    DOCKER_CONFIG: folder,
    TMPDIR: temporary,
    TEMP: temporary,
    TMP: temporary,
    HELM_CACHE_HOME: folder,
    HELM_CONFIG_HOME: path.join(folder, 'config'),
    HELM_DATA_HOME: path.join(folder, 'data'),
    KUBECONFIG: devNull,
    // Go collects garbage before it takes more than this.
    GOMEMLIMIT: `${memoryLimit}`,
  };
}

/** @throws {UsageError} if there is no place for it, as in a container whose root is read-only */
async function temporaryFolder(name: string): Promise<DirectoryResult> {
  try {
    // Its import fails if the folder for temporary files does not exist.
    const {dir, setGracefulCleanup} = await import('tmp-promise');
    setGracefulCleanup();
    return await dir({unsafeCleanup: true, prefix: 'kube-harden-'});
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? error.code : error;
    const message = `rendering a chart needs a folder for temporary files, and ${tmpdir()} cannot have one (${reason}): set TMPDIR, or mount a folder there`;
    throw new UsageError(message, {file: name}, {cause: error});
  }
}

/** The Helm that runs `helm harden`, by the path or the name that the user called it by; otherwise the one on the PATH. */
export function helmOf(environment: Readonly<NodeJS.ProcessEnv>): string | undefined {
  const running = isHelmCommand() ? (environment['HELM_BIN'] ?? 'helm') : 'helm';
  const isPath = path.basename(running) !== running;
  return isPath ? path.resolve(running) : findProgram(path.basename(running, '.exe'), environment);
}

const noHelm = `rendering a chart needs \`helm\`, which is not on the PATH: install Helm 3 or 4 ${ignoredFolders}`;
