/**
 * Looks for faults with random input: `npm run fuzz -- streams --minutes 10 --seed 1 --keep` or
 * `policies`, `guard`, `runtimes` or `yaml` in its place. README.md beside it says what each looks for.
 */
import {UsageError} from '../../src/errors.ts';

const fuzzers: Readonly<Record<string, () => Promise<unknown>>> = {
  guard: () => import('./fuzz-guard.ts'),
  policies: () => import('./fuzz-policies.ts'),
  runtimes: () => import('./fuzz-runtimes.ts'),
  streams: () => import('./fuzz-streams.ts'),
  yaml: () => import('../yaml/fuzz.ts'),
};

const [name = ''] = process.argv.splice(2, 1);
const fuzzer = Object.hasOwn(fuzzers, name) ? fuzzers[name] : undefined;
if (fuzzer === undefined) {
  throw new UsageError(`say what to draw: ${Object.keys(fuzzers).join(', ')}`);
}
await fuzzer();
