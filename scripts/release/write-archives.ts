import {readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {sha256Of} from '../archive/sha256.ts';
import {type ExecutablePath, executablePath, type Target} from '../executable-path.ts';
import {archiveDocuments, archiveName, archiveOf} from './archives.ts';

/**
 * Writes the archives of executables, which have been built, into a folder.
 *
 * @returns their SHA-256 sums, by their names
 */
export async function writeArchives(
  targets: readonly Target[],
  folder: string,
  seconds: number,
  placeOf: ExecutablePath = executablePath,
): Promise<ReadonlyMap<string, string>> {
  const documents = await archiveDocuments();
  const sums = new Map<string, string>();
  for (const target of targets) {
    const executable = readFileSync(placeOf(target));
    const archive = archiveOf(target, executable, documents, seconds);
    writeFileSync(path.join(folder, archiveName(target)), archive);
    sums.set(archiveName(target), sha256Of(archive));
  }
  return sums;
}
