/**
 * Generates pods and other objects, and looks for those for which render and guard report different
 * rules, or which the guard denies after hardening. Needs the oracle of admission policies, which
 * `npm run tools` builds.
 */
import path from 'node:path';
import {parseArgs} from 'node:util';
import fc from 'fast-check';
import {agreementOn, wrapped} from '../guard/agree.ts';
import {others} from '../guard/objects.ts';
import {pods} from '../guard/pods.ts';
import {binFolder} from '../tools/tools.ts';

const {values: options} = parseArgs({
  options: {
    objects: {type: 'string', default: '20000'},
    seed: {type: 'string', default: String(Date.now() % 1e9)},
  },
});

/** Each question compiles all expressions once, so many objects are checked at a time. */
const atOnce = 4000;
const mostShown = 10;
const workloads = pods.chain(pod => fc.constantFrom(...wrapped(pod)));
const any = fc.oneof({weight: 3, arbitrary: workloads}, {weight: 1, arbitrary: others});
const executable = path.join(binFolder, 'admission-policy-oracle');

let [count, faulty, found] = [0, 0, 0];
for (let seed = Number(options.seed); count < Number(options.objects); seed++) {
  const agreement = await agreementOn(executable, fc.sample(any, {seed, numRuns: atOnce}));
  count += agreement.objects;
  faulty += agreement.faulty;
  for (const text of agreement.disagreements) {
    if (found++ < mostShown) process.stdout.write(`FOUND with seed ${seed}: ${text}\n`);
  }
}
process.stdout.write(`${count} objects, ${faulty} at fault, ${found} found\n`);
process.exitCode = found > 0 ? 1 : 0;
