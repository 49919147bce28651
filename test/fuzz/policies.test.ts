import test from 'ava';
import {chooseAtRandom} from '../yaml/choices.ts';
import {drawPolicy, examinePolicy} from './examine-policy.ts';
import {drawStream, readPool} from './streams.ts';

const drawn = 300;

test('policies of any type end in no fault, and many are used', async t => {
  const choose = chooseAtRandom(1);
  const pool = readPool();
  let used = 0;
  for (let count = 0; count < drawn; count++) {
    const policy = drawPolicy(choose);
    const stream = drawStream(choose, pool);
    const {outcome, fault} = await examinePolicy(policy, stream, count);
    if (outcome === 'used') used++;
    t.is(fault, undefined, `${policy}\n---\n${stream}`);
  }
  t.true(used > drawn / 5, `${used} of ${drawn}`);
});
