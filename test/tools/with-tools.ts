import {existsSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import {noticePackage} from '../../scripts/contents/bun.ts';
import {licenseList} from '../../scripts/contents/license-list.ts';
import {architectures, debianArchive, packagesFor} from '../../scripts/debian-packages.ts';
import {hostTarget} from '../../scripts/executable-path.ts';
import {folderOf, type PinnedPackage} from '../../scripts/fetch-package.ts';
import {nameOf, pathOf, type Runtime} from '../../scripts/runtimes.ts';
import {findProgram} from '../../src/host/find-program.ts';
import {apparmor} from './apparmor.ts';
import type {ToolName} from './catalog.ts';
import {type CrdName, crdFolder} from './crds.ts';
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

/** As `serialTestWithTools`, for a test that also needs the definitions of custom kinds. */
export const serialTestWithCrds = (
  crds: readonly CrdName[],
  ...names: readonly ToolName[]
): typeof test.serial | typeof test.serial.skip =>
  crds.map(name => isThere(name, path.join(crdFolder(name), 'complete'))).every(Boolean)
    ? serialTestWithTools(...names)
    : test.serial.skip;

/** As `testWithTools`, for a test that needs a runtime. */
export const testWithRuntime = (runtime: Runtime): typeof test | typeof test.skip =>
  isThere(nameOf(runtime), pathOf(runtime)) ? test : test.skip;

/** As `testWithTools`, for a test that needs a tool that checks the npm package. */
export const testWithPackageCheck = (
  name: Parameters<typeof packageCheck>[0],
): typeof test | typeof test.skip => (isThere(name, packageCheck(name)) ? test : test.skip);

/** As `testWithTools`, for a test that signs with GnuPG too. */
export const testWithGpg = (...names: readonly ToolName[]): typeof test | typeof test.skip =>
  [canRun(names), canSign()].every(Boolean) ? test : test.skip;

/** As `testWithTools`, for a test that needs published packages. */
export const testWithPackages = (
  ...packages: readonly PinnedPackage[]
): typeof test | typeof test.skip =>
  packages.map(each => isThere(each.name, folderOf(each))).every(Boolean) ? test : test.skip;

/** Declares a test of the executable for this machine, which `npm run executables` builds. */
export const testWithExecutable: typeof test | typeof test.skip = isThere(
  'the executable for this machine',
  hostExecutable,
  'npm run executables',
)
  ? test
  : test.skip;

/** As `testWithExecutable`, for a test that needs real tools too. */
export const testWithExecutableAndTools = (
  ...names: readonly ToolName[]
): typeof test | typeof test.skip => (canRun(names) ? testWithExecutable : test.skip);

/**
 * Declares a test that runs the container image: as root, on Linux, with what `npm run tools` has built
 * and fetched for it.
 */
export const testWithImage = (...tools: readonly ToolName[]): typeof test | typeof test.skip =>
  [
    canRun(['crane', ...tools]),
    isThere('the executable for this machine', hostExecutable, 'npm run executables'),
    ...packagesFor(['amd64']).map(each => isThere(each.name, debianArchive(each))),
    ...[noticePackage, licenseList].map(each => isThere(each.name, folderOf(each))),
    isRootOnLinux(),
  ].every(Boolean)
    ? test
    : test.skip;

/** Declares a test that builds the files of a release, but not the executables. */
export const testWithRelease: typeof test | typeof test.skip = [
  canRun(['helm4']),
  ...packagesFor(architectures).map(each => isThere(each.name, debianArchive(each))),
  ...[noticePackage, licenseList].map(each => isThere(each.name, folderOf(each))),
].every(Boolean)
  ? test
  : test.skip;

/** As `testWithRelease`, for a test that signs with GnuPG too. */
export const testWithGpgAndRelease: typeof test | typeof test.skip = canSign()
  ? testWithRelease
  : test.skip;

/** As `testWithTools`, for a test that needs the parser of AppArmor. */
export const testWithApparmor = (): typeof test | typeof test.skip =>
  isThere('apparmor_parser', debianArchive(apparmor)) ? test : test.skip;

/** Only root on x64 can do with an image for Linux what a container runtime does. */
function isRootOnLinux(): boolean {
  const isIt = hostTarget() === 'linux-x64' && process.getuid?.() === 0;
  return isIt || tell('root on Linux, x64', 'run them there');
}

function canSign(): boolean {
  return findProgram('gpg', process.env) !== undefined || tell('gpg', 'install GnuPG');
}

function canRun(names: readonly ToolName[]): boolean {
  return names.map(name => isThere(name, path.join(binFolder, name))).every(Boolean);
}

function isThere(name: string, executable: string, remedy = 'npm run tools'): boolean {
  return existsSync(executable) || tell(name, `"${remedy}" builds it, or says why not`);
}

/** Says once why tests are skipped. @returns whether they run all the same, and fail */
export function tell(name: string, remedy: string): boolean {
  if (process.env['CI'] !== undefined) return true;
  if (!told.has(name)) {
    told.add(name);
    process.stderr.write(`SKIPPED: tests that need ${name}, which is not there: ${remedy}\n`);
  }
  return false;
}
