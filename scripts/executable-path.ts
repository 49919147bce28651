import path from 'node:path';
import {buns} from './runtimes.ts';

/** A platform for which an executable is built. */
export type Target = keyof typeof buns;

export const targets = Object.keys(buns) as readonly Target[];

export const isTarget = (name: string): name is Target => Object.hasOwn(buns, name);

/** `dist/executables`, seen from `dist/scripts`. */
export const executableFolder = path.resolve(import.meta.dirname, '../executables');

export const isWindows = (target: Target): boolean => target.startsWith('windows');

/** The name of the executable in an archive. */
export const programIn = (target: Target): string =>
  isWindows(target) ? 'kube-harden.exe' : 'kube-harden';

/** A platform in the words of Go, which does not tell glibc from musl. */
export function systemOf(target: Target): {readonly os: string; readonly arch: string} {
  const [os = '', arch] = target.split('-');
  return {os, arch: arch === 'x64' ? 'amd64' : 'arm64'};
}

/** The path of the executable for a platform, which exists once it has been built. */
export const executablePath = (target: Target): string =>
  path.join(executableFolder, `kube-harden-${target}${isWindows(target) ? '.exe' : ''}`);

/** Where the executable for a platform is. */
export type ExecutablePath = (target: Target) => string;

/** The platform of this machine. @throws {Error} if no executable is built for it */
export function hostTarget(): Target {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `${system}-${process.arch}`;
  if (isTarget(name)) return name;
  throw new Error(`no executable is built for ${name}, only for ${targets.join(', ')}`);
}
