import {mkdirSync, mkdtempSync, readdirSync} from 'node:fs';
import path from 'node:path';
import {UsageError} from '../errors.ts';
import type {Helm} from './helm.ts';
import type {HelmChoices} from './helm-options.ts';
import {ProgramError} from './run-program.ts';
import type {RemoteChart} from './unit.ts';

/**
 * The absolute path of the archive that helm fetches into its temporary folder.
 *
 * @throws {UsageError} if it cannot be fetched
 */
export async function fetchChart(
  {reference, repo, version}: RemoteChart,
  name: string,
  {isPlainHttp}: Pick<HelmChoices, 'isPlainHttp'>,
  {folder, run}: Helm,
): Promise<string> {
  const place = path.join(folder, 'fetched');
  mkdirSync(place, {recursive: true});
  const destination = mkdtempSync(path.join(place, 'chart-'));
  const options = [
    ['--destination', destination],
    version === undefined ? [] : ['--version', version],
    repo === undefined ? [] : ['--repo', repo],
    isPlainHttp ? ['--plain-http'] : [],
  ].flat();
  try {
    await run(['pull', ...options, '--', reference]);
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error;
    const message = `helm could not fetch the chart: ${error.message}`;
    throw new UsageError(message, {file: name}, {cause: error});
  }
  const [archive, more] = readdirSync(destination);
  if (archive !== undefined && more === undefined) return path.join(destination, archive);
  throw new UsageError('helm fetched no chart', {file: name});
}
