import path from 'node:path';
import {executablePath, hostTarget} from '../../scripts/executable-path.ts';
import {repository} from './tools.ts';

/** The bundle, which runs on Node. */
export const bundle = path.join(repository, 'dist/kube-harden.cjs');

/**
 * What the tests of the command line run: the bundle, or the file that `TESTED_EXECUTABLE` names,
 * seen from the root of the repository.
 */
export const executable = path.resolve(
  repository,
  process.env['TESTED_EXECUTABLE'] ?? 'dist/kube-harden.cjs',
);

/** Whether `executable` needs no Node. */
export const isStandalone = executable !== bundle;

/** The program and its arguments that run it, whatever Node is on the PATH. */
export const commandOf = (
  args: readonly string[],
): readonly [program: string, args: readonly string[]] =>
  isStandalone ? [executable, args] : [process.execPath, [executable, ...args]];

/** The path of the executable for this machine, once `npm run executables` has built it. */
export const hostExecutable: string = executablePath(hostTarget());

/** Variables with which `executable` runs the script in `file` before anything else. */
export const preloading = (file: string): Readonly<Record<string, string>> =>
  isStandalone ? {BUN_OPTIONS: `--preload ${file}`} : {NODE_OPTIONS: `--require ${file}`};

/** The program and its arguments that run it with too little memory for a large stream. */
export const commandWithLittleMemory: readonly [program: string, args: readonly string[]] =
  isStandalone
    ? ['/bin/sh', ['-c', `ulimit -d 300000; exec '${executable}'`]]
    : [process.execPath, ['--max-old-space-size=16', executable]];
