/**
 * Builds the real tools of the catalogue into `.tools/bin`, once. Without Go, or without the module
 * registry, it says so and exits with 0, so that tests without tools still run; in CI it exits with
 * 1.
 */
import {buildMissing} from './build.ts';
import {goTools} from './catalog.ts';

const reasons = await buildMissing(goTools);
if (reasons.size > 0) {
  process.stderr.write('Tests that need it are skipped here, and fail in CI.\n');
  if (process.env['CI'] !== undefined) process.exitCode = 1;
}
