import {accessSync, constants, statSync} from 'node:fs';
import path from 'node:path';
import {isInChart} from '../config/find.ts';

/**
 * The absolute path of the `helm` that the PATH leads to; undefined where there is none. Looking for
 * it ourselves, no folder counts that what is audited may have brought along: one that depends on the
 * working directory, one that lies in a chart, or the programs of npm packages, whose folders npm and
 * npx put before all others.
 */
export function findHelm(environment: Readonly<NodeJS.ProcessEnv>): string | undefined {
  const isWindows = process.platform === 'win32';
  const name = isWindows ? 'helm.exe' : 'helm';
  const folders = (pathOf(environment) ?? '').split(path.delimiter);
  return folders
    .filter(folder => path.isAbsolute(folder) && !isOfPackages(folder))
    .map(folder => path.join(folder, name))
    .find(file => isExecutable(file) && !isInChart(path.dirname(file)));
}

/** Windows does not care how the name is spelt. */
const pathOf = (environment: Readonly<NodeJS.ProcessEnv>): string | undefined =>
  environment['PATH'] ?? environment['Path'];

const isOfPackages = (folder: string): boolean => folder.split(/[\\/]/).includes('node_modules');

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
