import {lstatSync, readdirSync, statSync} from 'node:fs';
import path from 'node:path';
import {UsageError} from '../errors.ts';
import type {Chart} from './render-chart.ts';
import {unpackChart} from './unpack-chart.ts';
import {use} from './walk.ts';

/** Values under which a chart is rendered, besides those of the call. */
export interface ValueSet {
  /** Its name in reports. */
  readonly name: string;
  /** More arguments for helm. */
  readonly args: readonly string[];
}

/** The word for the chart's own values, in the folder where chart-testing looks for them. */
const ofChart = 'ci';

/** A chart with more is rendered with none. */
const mostSets = 50;

/** @throws {UsageError} if a file that `--values-matrix` names cannot be read */
export function requireMatrix(matrix: readonly string[]): void {
  for (const file of matrix.filter(each => each !== ofChart)) {
    if (use(file, () => statSync(file)).isFile()) continue;
    throw new UsageError('--values-matrix takes files of values, or the word ci', {file});
  }
}

/**
 * The sets of values that `--values-matrix` names, after that of the call alone.
 *
 * @throws {UsageError} if there are too many, or the chart cannot be unpacked
 */
export async function valueSets(
  matrix: readonly string[],
  chart: Chart,
  name: string,
): Promise<readonly ValueSet[]> {
  const sets: ValueSet[] = [{name: 'default', args: []}];
  for (const each of new Set(matrix)) {
    if (each !== ofChart) sets.push({name: each, args: argsOf(path.resolve(each))});
    else {
      const folder = path.join(await folderOf(chart, name), ofChart);
      for (const file of valuesIn(folder)) {
        sets.push({name: `${ofChart}/${file}`, args: argsOf(path.join(folder, file))});
      }
    }
  }
  if (sets.length <= mostSets) return sets;
  throw new UsageError(`it has more than ${mostSets} sets of values`, {file: name});
}

const folderOf = async ({path: chart, folder}: Chart, name: string): Promise<string> =>
  statSync(chart).isDirectory() ? chart : unpackChart(chart, name, path.join(folder, 'values'));

/** The files of values in a folder, which need not be there. Links are no files of the chart. */
function valuesIn(folder: string): readonly string[] {
  if (lstatSync(folder, {throwIfNoEntry: false})?.isDirectory() !== true) return [];
  return use(folder, () => readdirSync(folder))
    .filter(file => /\.ya?ml$/.test(file) && lstatSync(path.join(folder, file)).isFile())
    .sort();
}

/** Helm reads the value of the option as a line of CSV (StringSlice of spf13/pflag). */
const argsOf = (file: string): readonly string[] => [
  '--values',
  /[",\r\n]/.test(file) ? `"${file.replaceAll('"', '""')}"` : file,
];
