import {cpSync, existsSync, readFileSync, rmSync} from 'node:fs';
import path from 'node:path';
import {execa} from 'execa';
import {repository} from './tools.ts';

/** The tools that check the npm package are themselves npm packages, pinned by a lock file. */
const source = path.join(repository, 'test/packaging/checks');
const folder = path.join(repository, '.tools/package-checks');

/** The path of one of these tools, which exists once they have been installed. */
export const packageCheck = (name: 'attw' | 'publint'): string =>
  path.join(folder, 'node_modules/.bin', name);

/** Installs them, once for each lock file. None of their scripts are run. */
export async function installPackageChecks(): Promise<void> {
  if (isInstalled()) return;
  process.stderr.write('installing publint and attw (once) …\n');
  rmSync(folder, {recursive: true, force: true});
  cpSync(source, folder, {recursive: true});
  await execa('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {cwd: folder});
}

/** npm itself writes a copy of the lock file when it has installed everything. */
const isInstalled = (): boolean =>
  existsSync(path.join(folder, 'node_modules/.package-lock.json')) &&
  readFileSync(path.join(folder, 'package-lock.json'), 'utf8') ===
    readFileSync(path.join(source, 'package-lock.json'), 'utf8');
