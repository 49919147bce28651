/**
 * Builds the real tools of the catalogue into `.tools/bin`, and fetches the runtimes that the bundle
 * must support, once. Without Go, or without a registry, it says so and exits with 0, so that tests
 * without tools still run; in CI it exits with 1.
 */
import {deno, fetchRuntime, linuxBun, nameOf, nodes, type Runtime} from '../../scripts/runtimes.ts';
import {buildMissing} from './build.ts';
import {goTools} from './catalog.ts';

const reasons = await buildMissing(goTools);
const unfetched = await fetchMissing([...nodes, linuxBun, deno]);
if (reasons.size > 0 || unfetched) {
  process.stderr.write('Tests that need it are skipped here, and fail in CI.\n');
  if (process.env['CI'] !== undefined) process.exitCode = 1;
}

/** Whether one of them could not be fetched. */
async function fetchMissing(runtimes: readonly Runtime[]): Promise<boolean> {
  let isMissing = false;
  for (const runtime of runtimes) {
    try {
      await fetchRuntime(runtime);
    } catch (error) {
      process.stderr.write(`COULD NOT FETCH ${nameOf(runtime)}: ${String(error)}\n`);
      isMissing = true;
    }
  }
  return isMissing;
}
