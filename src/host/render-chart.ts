import path from 'node:path';
import {ExecaError, execa} from 'execa';
import {dir, setGracefulCleanup} from 'tmp-promise';
import {UsageError} from '../errors.ts';
import {safeLines} from '../text/safe-text.ts';
import {findHelm} from './find-helm.ts';
import type {HelmChoices} from './helm-options.ts';
import {interruptible} from './interrupt.ts';
import {LibraryChartError} from './library-chart.ts';
import {linkOutOf} from './links.ts';
import {writeStderr} from './standard-streams.ts';

const megabyte = 1_000_000;
const mostOutput = 200 * megabyte;

/**
 * What the user's own `helm template` makes of a chart: a folder's or an archive's absolute path,
 * or an address. Helm's caches go to a temporary folder that is gone afterwards, also when the run
 * is interrupted. What helm warns of is told on stderr.
 *
 * @throws {UsageError} where there is no helm, or it cannot render the chart
 */
export async function renderChart(
  chart: string,
  name: string,
  {release, args}: HelmChoices,
): Promise<Uint8Array> {
  if (path.isAbsolute(chart)) requireNoLinkOut(chart, name);
  const executable = findHelm(process.env);
  if (executable === undefined) throw new UsageError(noHelm, {file: name});
  setGracefulCleanup();
  return interruptible(async signal => {
    const folder = await dir({unsafeCleanup: true, prefix: 'kube-harden-'});
    try {
      const helm = execa(
        executable,
        ['template', '--include-crds', ...args, '--', release, chart],
        {
          env: {HELM_CACHE_HOME: folder.path},
          stdin: 'ignore',
          stripFinalNewline: false,
          encoding: 'buffer',
          maxBuffer: mostOutput,
        },
      );
      const {stdout, stderr} = await Promise.race([helm, stopped(helm, signal)]);
      await warn(textOf(stderr));
      return stdout;
    } catch (error) {
      const isLibrary = error instanceof ExecaError && textOf(error.stderr) === saysLibrary;
      const Kind = isLibrary ? LibraryChartError : UsageError;
      throw new Kind(messageOf(error), {file: name}, {cause: error});
    } finally {
      await folder.cleanup();
    }
  });
}

/** All that Helm says of a library, and no template can make it say: what one fails with stands behind its name. */
const saysLibrary = 'Error: library charts are not installable';

/** @throws {UsageError} where a link leads out of a chart's folder: helm would follow it */
function requireNoLinkOut(chart: string, name: string): void {
  const link = linkOutOf(chart);
  if (link === undefined) return;
  const message =
    'a link points outside the chart, and helm would follow it: if you trust the chart, audit the output of `helm package`';
  throw new UsageError(message, {file: path.join(name, link)});
}

const noHelm =
  'rendering a chart needs `helm`, which is not on the PATH: install Helm 3 or 4 (PATH folders that are relative, inside a chart or of npm packages are ignored)';

/** Rejects when `helm` has been stopped; what it started itself is not waited for. */
const stopped = (helm: ReturnType<typeof execa>, signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => {
      const hasEnded = helm.exitCode !== null || helm.signalCode !== null;
      if (hasEnded) reject(signal.reason);
      helm.once('exit', () => reject(signal.reason));
      helm.kill();
    });
  });

const textOf = (bytes: unknown): string =>
  bytes instanceof Uint8Array ? new TextDecoder().decode(bytes).trim() : '';

async function warn(text: string): Promise<void> {
  for (const line of safeLines(text)) await writeStderr(`helm: ${line}\n`);
}

function messageOf(error: unknown): string {
  if (!(error instanceof ExecaError)) return String(error);
  if (error.isMaxBuffer) {
    return `helm renders more than ${mostOutput / megabyte} MB for the chart, which is too much to audit`;
  }
  const reason = textOf(error.stderr);
  return `helm could not render the chart: ${reason === '' ? error.shortMessage : reason}`;
}
