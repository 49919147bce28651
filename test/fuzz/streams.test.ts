import test from 'ava';
import {chooseAtRandom, pick} from '../yaml/choices.ts';
import {examine} from './examine-stream.ts';
import {policies} from './policies.ts';
import {readSeeds} from './seeds.ts';
import {drawStream, readPool} from './streams.ts';
import {everyConfusion} from './sweep.ts';

for (const [file, text] of readSeeds()) {
  test(`${file} is hardened once and for all, and shown in every format`, t => {
    for (const [name, policy] of policies) t.is(examine(text, policy).fault, undefined, name);
  });
}

const drawn = 800;

test('streams of objects of any type end in no fault, and most are read', t => {
  const choose = chooseAtRandom(1);
  const pool = readPool();
  const outcomes = {refused: 0, untouched: 0, rewritten: 0};
  for (let count = 0; count < drawn; count++) {
    const text = drawStream(choose, pool);
    const [name, policy] = pick(choose, [...policies]);
    const {outcome, fault} = examine(text, policy, count);
    outcomes[outcome]++;
    t.is(fault, undefined, `${name}: ${text}`);
  }
  t.true(outcomes.refused < drawn / 3 && outcomes.rewritten > drawn / 4, JSON.stringify(outcomes));
});

/** Every field of every object takes minutes: the tests take turns. */
const everyNth = 71;

test('a value of another type in any field ends in no fault', t => {
  const under = ['strict', 'least in and out'].flatMap(name => policies.get(name) ?? []);
  let [count, seen] = [0, 0];
  for (const text of everyConfusion(readPool().whole)) {
    if (count++ % everyNth !== 0) continue;
    const {fault} = examine(text, pick(chooseAtRandom(count), under), count);
    t.is(fault, undefined, text);
    seen++;
  }
  t.true(seen > 300, `${seen} of ${count}`);
});
