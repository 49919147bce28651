import {statSync} from 'node:fs';
import {isLockFile, readLockFile, toLockFile} from '../drift/lock-file.ts';
import type {Posture} from '../drift/posture.ts';
import {UsageError} from '../errors.ts';
import {decodeInput} from './input.ts';
import {readFile} from './read-file.ts';
import {replaceFile} from './replace-file.ts';

/** The lock file of a working directory. Its extension keeps it out of folders of manifests. */
export const usualLockFile = 'kube-harden.lock';

/** The posture in a lock file. @throws {UsageError} with line and column if it is none */
export function lockFileOf(file: string): Posture {
  const stats = statSync(file, {throwIfNoEntry: false});
  if (stats === undefined) throw new UsageError(noFile, {file});
  return readLockFile(decodeInput(readFile(file), file), file);
}

const noFile = `the lock file does not exist: write it with \`kube-harden baseline TARGET --output FILE\``;

/** Whether a name is that of a lock file, and not of a target. */
export function namesLockFile(name: string): boolean {
  if (name.endsWith('.lock')) return true;
  if (!/\.ya?ml$/.test(name)) return false;
  const stats = statSync(name, {throwIfNoEntry: false});
  return stats?.isFile() === true && isLockFile(new TextDecoder().decode(readFile(name)));
}

/** @throws {UsageError} if the file cannot be written */
export const writeLockFile = (file: string, posture: Posture): void =>
  replaceFile(file, toLockFile(posture), 'the lock file');
