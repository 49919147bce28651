import {ExecaError, execa} from 'execa';
import {dir, setGracefulCleanup} from 'tmp-promise';
import {UsageError} from '../errors.ts';
import type {HelmChoices} from './targets.ts';

/**
 * What the user's own `helm template` makes of a chart. Helm's caches go to a temporary folder
 * that is gone afterwards, also when the run is interrupted.
 *
 * @throws {UsageError} where there is no helm, or it cannot render the chart
 */
export async function renderChart(chart: string, {values, set}: HelmChoices): Promise<string> {
  setGracefulCleanup();
  const folder = await dir({unsafeCleanup: true, prefix: 'kube-harden-'});
  const interrupt = () => process.exit(130);
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  try {
    const {stdout} = await execa(
      'helm',
      [
        'template',
        'release-name',
        chart,
        '--include-crds',
        ...values.flatMap(file => ['--values', file]),
        ...set.flatMap(pair => ['--set', pair]),
      ],
      {env: {HELM_CACHE_HOME: folder.path}, stdin: 'ignore', stripFinalNewline: false},
    );
    return stdout;
  } catch (error) {
    throw new UsageError(messageOf(error), {file: chart}, {cause: error});
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    await folder.cleanup();
  }
}

function messageOf(error: unknown): string {
  if (!(error instanceof ExecaError)) return String(error);
  if (error.code === 'ENOENT') {
    return 'a chart is rendered by `helm`, which is not on the PATH: install Helm 3 or 4';
  }
  return `helm could not render the chart: ${String(error.stderr).trim()}`;
}
