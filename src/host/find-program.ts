import {accessSync, constants, statSync} from 'node:fs';
import path from 'node:path';
import {isInChart} from '../config/find.ts';

/**
 * The absolute path of the program that the PATH leads to; undefined where there is none. Looking for
 * it ourselves, no folder counts that what is audited may have brought along: one that depends on the
 * working directory, one that lies in a chart, or the programs of npm packages, whose folders npm and
 * npx put before all others.
 */
export function findProgram(
  name: string,
  environment: Readonly<NodeJS.ProcessEnv>,
): string | undefined {
  const file = process.platform === 'win32' ? `${name}.exe` : name;
  return programFolders(environment)
    .map(folder => path.join(folder, file))
    .find(each => isExecutable(each) && !isInChart(path.dirname(each)));
}

/** The folders of the PATH that are absolute and hold no programs of npm packages. */
export const programFolders = (environment: Readonly<NodeJS.ProcessEnv>): readonly string[] =>
  (pathOf(environment) ?? '')
    .split(path.delimiter)
    .filter(folder => path.isAbsolute(folder) && !isOfPackages(folder));

/** Why a program of the PATH may not have been found, for the end of a message. */
export const ignoredFolders =
  '(PATH folders that are relative, inside a chart or of npm packages are ignored)';

/** Windows ignores the case of the name. */
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
