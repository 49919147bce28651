import {existsSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import {nameOf, pathOf, type Runtime} from '../../scripts/runtimes.ts';
import type {ToolName} from './catalog.ts';
import {hostExecutable} from './executable.ts';
import {packageCheck} from './package-checks.ts';
import {binFolder} from './tools.ts';

const told = new Set<string>();

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

/** As `testWithTools`, for a test that needs a runtime. */
export const testWithRuntime = (runtime: Runtime): typeof test | typeof test.skip =>
  isThere(nameOf(runtime), pathOf(runtime)) ? test : test.skip;

/** As `testWithTools`, for a test that needs a tool that checks the npm package. */
export const testWithPackageCheck = (
  name: Parameters<typeof packageCheck>[0],
): typeof test | typeof test.skip => (isThere(name, packageCheck(name)) ? test : test.skip);

/** Declares a test of the executable for this machine, which `npm run executables` builds. */
export const testWithExecutable: typeof test | typeof test.skip = isThere(
  'the executable for this machine',
  hostExecutable,
  'npm run executables',
)
  ? test
  : test.skip;

const canRun = (names: readonly ToolName[]): boolean =>
  names.map(name => isThere(name, path.join(binFolder, name))).every(Boolean);

function isThere(name: string, executable: string, remedy = 'npm run tools'): boolean {
  if (process.env['CI'] !== undefined || existsSync(executable)) return true;
  if (!told.has(name)) {
    told.add(name);
    process.stderr.write(
      `SKIPPED: tests that need ${name}, which is not there: "${remedy}" builds it, or says why not\n`,
    );
  }
  return false;
}
