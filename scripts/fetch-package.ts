import {createHash} from 'node:crypto';
import {existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync} from 'node:fs';
import path from 'node:path';
import {execa} from 'execa';

/** A published npm package, pinned by version and hash. */
export interface PinnedPackage {
  readonly name: string;
  readonly version: string;
  /** The hash of its archive, in the form of lock files. */
  readonly integrity: string;
}

/** What has been fetched: below the root of the repository, seen from `dist/scripts`. */
export const packageFolder = path.resolve(import.meta.dirname, '../../.tools/packages');

/** The folder of a package, which exists once the package has been fetched. */
export const folderOf = ({name, version}: PinnedPackage): string =>
  path.join(packageFolder, `${name.replace('/', '+')}@${version}`);

/**
 * Fetches a package with npm, once, whatever platform it is for. None of its scripts are run.
 *
 * @throws {Error} if the archive does not have the pinned hash
 */
export async function fetchPackage(wanted: PinnedPackage): Promise<void> {
  const folder = folderOf(wanted);
  if (existsSync(folder)) return;
  mkdirSync(packageFolder, {recursive: true});
  const scratch = mkdtempSync(path.join(packageFolder, 'fetch-'));
  try {
    await unpack(wanted, scratch);
    renameSync(path.join(scratch, 'package'), folder);
  } finally {
    rmSync(scratch, {recursive: true});
  }
}

async function unpack({name, version, integrity}: PinnedPackage, scratch: string): Promise<void> {
  process.stderr.write(`fetching ${name}@${version} (once) …\n`);
  const {stdout} = await execa('npm', [
    ...['pack', `${name}@${version}`, '--ignore-scripts', '--silent'],
    ...['--pack-destination', scratch],
  ]);
  const archive = path.join(scratch, stdout.trim());
  const hash = createHash('sha512').update(readFileSync(archive)).digest('base64');
  if (`sha512-${hash}` !== integrity) {
    throw new Error(`${name}@${version} must have the integrity ${integrity}, not sha512-${hash}`);
  }
  await execa('tar', ['-xzf', archive, '-C', scratch]);
}
