import {existsSync, readdirSync, readFileSync, statSync} from 'node:fs';
import path from 'node:path';
import {UsageError} from '../errors.ts';
import {decodeInput, readStdin} from './input.ts';

export interface HelmChoices {
  readonly values: readonly string[];
  readonly set: readonly string[];
}

interface Target {
  readonly text: string;
  /** The name that findings give it. */
  readonly file: string;
}

/**
 * The manifests of what the user named: a file, a folder of files, a chart (a folder, an archive
 * or `oci://…`), or `-` for stdin.
 *
 * @throws {UsageError} where one cannot be read
 */
export async function readTargets(
  names: readonly string[],
  helm: HelmChoices,
): Promise<readonly Target[]> {
  const targets: Target[] = [];
  for (const name of names) targets.push(...(await readTarget(name, helm)));
  return targets;
}

async function readTarget(name: string, helm: HelmChoices): Promise<readonly Target[]> {
  if (name === '-') {
    return [{text: decodeInput(await readStdin(), '<stdin>'), file: '<stdin>'}];
  }
  const isChart = name.startsWith('oci://') || /\.(?:tgz|tar\.gz)$/.test(name);
  if (isChart || existsSync(path.join(name, 'Chart.yaml'))) {
    const {renderChart} = await import('./render-chart.ts');
    return [{text: await renderChart(name, helm), file: name}];
  }
  if (!existsSync(name)) throw new UsageError('the target does not exist', {file: name});
  const files = statSync(name).isDirectory() ? manifestsIn(name) : [name];
  return files.map(file => ({text: decodeInput(readFileSync(file), file), file}));
}

function manifestsIn(folder: string): readonly string[] {
  const files = readdirSync(folder, {recursive: true, encoding: 'utf8'})
    .filter(file => /\.(?:ya?ml|json)$/.test(file))
    .map(file => path.join(folder, file))
    .filter(file => statSync(file).isFile())
    .sort();
  if (files.length > 0) return files;
  throw new UsageError('the folder holds no .yaml, .yml or .json file', {file: folder});
}
