import test from 'ava';
import {timesIn} from '../../bench/measure.ts';

test("the shell's lines give wall time, exit code and the children's CPU time", t => {
  t.deepEqual(
    timesIn('4711\n1500000 1\n0m0.003s 0m0.001s\n1m2.250s 0m0.500s\n'),
    [1_500_000, 1, 62.75],
  );
});

test('what an older shell prints is refused', t => {
  t.throws(() => timesIn('4711\n0 0\n'), {message: /^bash 5 or later must be on the PATH/});
});
