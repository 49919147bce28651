import {existsSync, mkdirSync, rmSync} from 'node:fs';
import path from 'node:path';
import {execa} from 'execa';
import {binFolder} from '../test/tools/tools.ts';

/** A program from a PyPI package. */
export interface PythonTool {
  readonly name: string;
  readonly version: string;
}

/** Seconds after which an installation is stopped. */
const patience = 600;

/**
 * The executable of a tool in its own environment in `.tools`, which is created if missing.
 *
 * @throws {Error} if there is no Python 3 with `venv`, or the package cannot be installed
 */
export async function pythonExecutable({name, version}: PythonTool): Promise<string> {
  const folder = path.join(path.dirname(binFolder), `${name}-${version}`);
  const executable = path.join(folder, 'bin', name);
  if (existsSync(executable)) return executable;
  process.stderr.write(`installing ${name} ${version} (once, some minutes) …\n`);
  mkdirSync(path.dirname(folder), {recursive: true});
  try {
    await execa('python3', ['-m', 'venv', folder]);
    const pip = ['-m', 'pip', 'install', '--quiet', `${name}==${version}`];
    await execa(path.join(folder, 'bin/python'), pip, {timeout: patience * 1000});
  } catch (error) {
    rmSync(folder, {recursive: true, force: true});
    throw error;
  }
  return executable;
}
