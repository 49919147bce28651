import {writeFileSync} from 'node:fs';
import path from 'node:path';
import {bundle} from './executable.ts';
import {toolPath} from './tools.ts';

/** Puts a shell script called `name` into a folder. */
export function putProgram(folder: string, name: string, script: string): void {
  writeFileSync(path.join(folder, name), `#!/bin/sh\n${script}\n`, {mode: 0o755});
}

/** Puts the real kubectl into a folder, under its name. */
export const putKubectl = (folder: string): void =>
  putProgram(folder, 'kubectl', `exec '${toolPath('control-plane')}' kubectl "$@"`);

/** Puts an npm into a folder that says how it is called, and builds by copying the bundle. */
export const putNpm = (folder: string): void =>
  putProgram(
    folder,
    'npm',
    `echo "npm $*"\n[ "$1" = ci ] || { mkdir dist && cp '${bundle}' dist/; }`,
  );
