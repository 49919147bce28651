import {existsSync} from 'node:fs';
import path from 'node:path';
import type {ExecutionContext} from 'ava';
import type {ToolName} from './catalog.ts';

/** The repository's root, seen from `dist/test/tools`. */
export const repository = path.resolve(import.meta.dirname, '../../..');

export const binFolder = path.join(repository, '.tools/bin');

/**
 * The path of a real tool, or undefined where it could not be built: then the test has said so
 * loudly and must return. In CI a missing tool fails the test.
 */
export function requireTool(t: ExecutionContext, name: ToolName): string | undefined {
  const executable = path.join(binFolder, name);
  if (existsSync(executable)) return executable;
  const reason = `SKIPPED: ${name} is not built; "npm run tools" says why`;
  if (process.env['CI'] !== undefined) t.fail(reason);
  else {
    t.log(reason);
    t.pass(reason);
  }
  return undefined;
}
