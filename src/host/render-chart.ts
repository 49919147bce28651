import {tmpdir} from 'node:os';
import path from 'node:path';
import type {DirectoryResult} from 'tmp-promise';
import {UsageError} from '../errors.ts';
import {isHelmCommand} from './caller.ts';
import {findProgram, ignoredFolders} from './find-program.ts';
import type {HelmChoices} from './helm-options.ts';
import {interruptible} from './interrupt.ts';
import {LibraryChartError} from './library-chart.ts';
import {linkOutOf} from './links.ts';
import {ProgramError, runProgram} from './run-program.ts';

/**
 * The output of the user's own `helm template` for a chart: the absolute path of a folder or an
 * archive, or a URL. Helm's caches go to a temporary folder that is removed afterwards, also when
 * the run is interrupted. Warnings of helm are printed to stderr.
 *
 * @throws {UsageError} if there is no helm, or it cannot render the chart
 */
export async function renderChart(
  chart: string,
  name: string,
  {release, args}: HelmChoices,
): Promise<Uint8Array> {
  if (path.isAbsolute(chart)) requireNoLinkOut(chart, name);
  const executable = helmOf(process.env);
  if (executable === undefined) throw new UsageError(noHelm, {file: name});
  return interruptible(async signal => {
    const folder = await temporaryFolder(name);
    try {
      return await runProgram(
        {
          name: 'helm',
          executable,
          args: ['template', '--include-crds', ...args, '--', release, chart],
          env: {HELM_CACHE_HOME: folder.path},
        },
        signal,
      );
    } catch (error) {
      if (!(error instanceof ProgramError)) throw error;
      const Kind = error.said === saysLibrary ? LibraryChartError : UsageError;
      const message = `helm could not render the chart: ${error.message}`;
      throw new Kind(message, {file: name}, {cause: error});
    } finally {
      await folder.cleanup();
    }
  });
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
function helmOf(environment: Readonly<NodeJS.ProcessEnv>): string | undefined {
  const running = isHelmCommand() ? (environment['HELM_BIN'] ?? 'helm') : 'helm';
  const isPath = path.basename(running) !== running;
  return isPath ? path.resolve(running) : findProgram(path.basename(running, '.exe'), environment);
}

/**
 * Helm's whole message for a library chart. No template can produce it: the error of a template
 * follows its name.
 */
const saysLibrary = 'Error: library charts are not installable';

/** @throws {UsageError} if a link points outside the chart folder: helm would follow it */
function requireNoLinkOut(chart: string, name: string): void {
  const link = linkOutOf(chart);
  if (link === undefined) return;
  const message =
    'a link points outside the chart, and helm would follow it: if you trust the chart, audit the output of `helm package`';
  throw new UsageError(message, {file: path.join(name, link)});
}

const noHelm = `rendering a chart needs \`helm\`, which is not on the PATH: install Helm 3 or 4 ${ignoredFolders}`;
