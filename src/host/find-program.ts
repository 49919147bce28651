import {accessSync, constants, statSync} from 'node:fs';
import path from 'node:path';
import {isInChart} from '../config/find.ts';

/**
 * The absolute path of the program on the PATH, if there is one. Folders that the audited files may
 * have brought along are ignored: relative folders, folders inside a chart, and those for programs
 * of npm packages, which npm and npx put first.
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

/** The PATH folders that are absolute and not for programs of npm packages. */
export const programFolders = (environment: Readonly<NodeJS.ProcessEnv>): readonly string[] =>
  (pathOf(environment) ?? '')
    .split(path.delimiter)
    .filter(folder => path.isAbsolute(folder) && !isOfPackages(folder));

/** Why a program on the PATH may not have been found, for the end of a message. */
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
