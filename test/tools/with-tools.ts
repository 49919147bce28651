import {existsSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import type {ToolName} from './catalog.ts';
import {binFolder} from './tools.ts';

/**
 * Declares a test that needs real tools. If one could not be built, the test runner counts the test
 * as skipped, and stderr says why. In CI the test runs, and fails.
 */
export const testWithTools = (...names: readonly ToolName[]): typeof test | typeof test.skip =>
  canRun(names) ? test : test.skip;

/** As `testWithTools`, for a test that runs serially. */
export const serialTestWithTools = (
  ...names: readonly ToolName[]
): typeof test.serial | typeof test.serial.skip => (canRun(names) ? test.serial : test.serial.skip);

const told = new Set<ToolName>();

function canRun(names: readonly ToolName[]): boolean {
  if (process.env['CI'] !== undefined) return true;
  const missing = names.filter(name => !existsSync(path.join(binFolder, name)));
  for (const name of missing.filter(each => !told.has(each))) {
    told.add(name);
    process.stderr.write(
      `SKIPPED: tests that need ${name}, which is not built: "npm run tools" says why\n`,
    );
  }
  return missing.length === 0;
}
