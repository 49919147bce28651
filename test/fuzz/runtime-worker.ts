/**
 * Generates `--streams N` from `--seed N`, and prints one line for each: the stream, the policy, and
 * what becomes of it. Every runtime must print the same.
 */
import {parseArgs} from 'node:util';
import {UsageError} from '../../src/errors.ts';
import {harden} from '../../src/harden.ts';
import {networkReport} from '../../src/network-report.ts';
import type {Policy} from '../../src/policy/policy.ts';
import {toSummary} from '../../src/report/text.ts';
import {readStream} from '../../src/stream/manifest-stream.ts';
import {chooseAtRandom, pick} from '../yaml/choices.ts';
import {policies, today} from './policies.ts';
import {drawStream, readPool} from './streams.ts';

const {values: options} = parseArgs({options: {streams: {type: 'string'}, seed: {type: 'string'}}});
const choose = chooseAtRandom(Number(options.seed));
const pool = readPool();

for (let count = 0; count < Number(options.streams); count++) {
  const input = drawStream(choose, pool);
  const [name, policy] = pick(choose, [...policies]);
  process.stdout.write(
    `${JSON.stringify({input, policy: name, result: resultOf(input, policy)})}\n`,
  );
}

function resultOf(input: string, policy: Policy) {
  try {
    const hardened = harden(input, 'in', policy, today);
    const summary = toSummary({...hardened, policy});
    return {...hardened, summary, network: networkReport(readStream(input, 'in'), policy, today)};
  } catch (error) {
    if (error instanceof UsageError) return {refused: error.message, place: error.place};
    throw error;
  }
}
