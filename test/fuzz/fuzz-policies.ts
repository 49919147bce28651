/**
 * Generates policies whose fields have any type, and looks for internal errors in reading them, in
 * the guard's policies, and in streams that are hardened, audited and decided under them. Each
 * fault is shown once.
 */
import {parseArgs} from 'node:util';
import {chooseAtRandom} from '../yaml/choices.ts';
import {drawPolicy, examinePolicy} from './examine-policy.ts';
import {kindOf} from './examine-stream.ts';
import {drawStream, readPool} from './streams.ts';

const {values: options} = parseArgs({
  options: {
    policies: {type: 'string', default: '20000'},
    seed: {type: 'string', default: String(Date.now() % 1e9)},
  },
});

const choose = chooseAtRandom(Number(options.seed));
const pool = readPool();
const outcomes = {refused: 0, used: 0};
const found = new Set<string>();
for (let count = 0; count < Number(options.policies); count++) {
  const policy = drawPolicy(choose);
  const stream = drawStream(choose, pool);
  const {outcome, fault} = await examinePolicy(policy, stream, count);
  outcomes[outcome]++;
  if (fault === undefined || found.has(kindOf(fault))) continue;
  found.add(kindOf(fault));
  process.stdout.write(`FOUND under ${JSON.stringify(policy)}: ${JSON.stringify(stream)}\n`);
  process.stdout.write(`  ${fault}\n`);
}
process.stdout.write(
  `${options.policies} policies: ${JSON.stringify(outcomes)}, ${found.size} found\n`,
);
process.exitCode = found.size > 0 ? 1 : 0;
