/**
 * Builds the real tools of the catalogue into `.tools/bin`, and fetches the runtimes that the bundle
 * must support and the tools that check the npm package and definitions of custom kinds, once. Then it builds the executable for this
 * machine. Without Go, or without a registry, it says so and exits with 0, so that tests without tools
 * still run; in CI it exits with 1.
 */
import {buildExecutables} from '../../scripts/build-executables.ts';
import {noticePackage} from '../../scripts/contents/bun.ts';
import {licenseList} from '../../scripts/contents/license-list.ts';
import {architectures, fetchDebianPackages, packagesFor} from '../../scripts/debian-packages.ts';
import {hostTarget} from '../../scripts/executable-path.ts';
import {fetchPackage} from '../../scripts/fetch-package.ts';
import {buns, deno, fetchRuntime, nodes} from '../../scripts/runtimes.ts';
import {cycloneDx} from '../packaging/sbom-schema.ts';

import {sarifPackage} from '../report/sarif-schema.ts';

import {apparmor} from './apparmor.ts';

import {buildMissing} from './build.ts';
import {goTools} from './catalog.ts';
import {fetchCrds} from './crds.ts';
import {installPackageChecks} from './package-checks.ts';

const reasons = await buildMissing(goTools);
const isWhole = await tryAll([
  ...[...nodes, buns['linux-x64'], deno].map(runtime => () => fetchRuntime(runtime)),
  installPackageChecks,
  ...[cycloneDx, sarifPackage, noticePackage, licenseList].map(each => () => fetchPackage(each)),
  fetchCrds,
  () => buildExecutables([hostTarget()]),
  () => fetchDebianPackages([...packagesFor(architectures), apparmor]),
]);
if (reasons.size > 0 || !isWhole) {
  process.stderr.write('Tests that need it are skipped here, and fail in CI.\n');
  if (process.env['CI'] !== undefined) process.exitCode = 1;
}

/** Whether all of them succeed. */
async function tryAll(steps: readonly (() => Promise<unknown>)[]): Promise<boolean> {
  let isWhole = true;
  for (const step of steps) {
    try {
      await step();
    } catch (error) {
      process.stderr.write(`COULD NOT FETCH OR BUILD: ${String(error)}\n`);
      isWhole = false;
    }
  }
  return isWhole;
}
