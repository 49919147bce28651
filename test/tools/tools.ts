import {existsSync} from 'node:fs';
import path from 'node:path';
import type {ToolName} from './catalog.ts';

/** The root of the repository, seen from `dist/test/tools`. */
export const repository = path.resolve(import.meta.dirname, '../../..');

export const binFolder = path.join(repository, '.tools/bin');

/** The path of a real tool. @throws {Error} if it could not be built */
export function toolPath(name: ToolName): string {
  const executable = path.join(binFolder, name);
  if (existsSync(executable)) return executable;
  throw new Error(`${name} is not built: "npm run tools" says why`);
}
