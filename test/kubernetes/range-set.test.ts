import test from 'ava';
import {RangeSet} from '../../src/kubernetes/range-set.ts';

const all4 = ['0.0.0.0/0'];

const covers = test.macro(
  (t, outer: readonly string[], inner: readonly string[], expected: boolean) => {
    t.is(RangeSet.of(outer).covers(RangeSet.of(inner)), expected);
  },
);

for (const [outer, inner, expected] of [
  [['0.0.0.0/1', '128.0.0.0/1'], all4, true],
  [['128.0.0.0/1', '0.0.0.0/1'], all4, true],
  [['0.0.0.0/1', '128.0.0.0/2'], all4, false],
  [['0.0.0.0/1', '128.0.0.0/2', '192.0.0.0/2'], all4, true],
  [Array.from({length: 256}, (_, at) => `${at}.0.0.0/8`), all4, true],
  [Array.from({length: 255}, (_, at) => `${at}.0.0.0/8`), all4, false],
  [['::/1', '8000::/1'], ['::/0'], true],
  [['::/0'], all4, false],
  [all4, ['::/0'], false],
  [['::ffff:0:0/96'], all4, true],
  [['::ffff:0.0.0.0/97', '::ffff:128.0.0.0/97'], all4, true],
  [['64:ff9b::/96'], all4, true],
  [['10.0.0.0/8'], ['::ffff:10.1.0.0/112'], true],
  [['10.9.9.9/8'], ['10.0.0.0/8'], true],
  [['10.0.0.0/8'], ['10.0.0.0/7'], false],
  [['a', '10.0.0.0/33'], ['10.0.0.0/8'], false],
  [[], [], true],
] as const) {
  const title = `${outer.slice(0, 3).join()} of ${outer.length} and ${inner.join()}`;
  test(title, covers, outer, inner, expected);
}

for (const [from, less, left] of [
  [all4, ['0.0.0.0/1'], ['128.0.0.0/1']],
  [all4, ['0.0.0.0/1', '128.0.0.0/1'], []],
  [['10.0.0.0/8'], ['10.0.0.0/9', '10.128.0.0/10'], ['10.192.0.0/10']],
  [['10.0.0.0/8', '12.0.0.0/8'], ['10.0.0.0/6'], ['12.0.0.0/8']],
  [['10.0.0.0/8', '12.0.0.0/8'], ['11.0.0.0/8'], ['10.0.0.0/8', '12.0.0.0/8']],
  [
    ['10.0.0.0/7', '12.0.0.0/8'],
    ['11.0.0.0/8', '12.0.0.0/9'],
    ['10.0.0.0/8', '12.128.0.0/9'],
  ],
  [['::/0'], ['::/1'], ['8000::/1']],
  [['::/0'], all4, ['::/0']],
] as const) {
  test(`${from.join()} without ${less.join()}`, t => {
    const set = RangeSet.of(from).without(RangeSet.of(less));
    t.true(set.covers(RangeSet.of(left)) && RangeSet.of(left).covers(set));
  });
}

test('sizes count each address once', t => {
  const set = RangeSet.of(['10.0.0.0/24', '10.0.0.128/25', '10.0.1.0/32', 'fc00::/127']);
  t.deepEqual(set.sizes, {v4: 257n, v6: 2n});
});

test('many ranges and many holes take no time', t => {
  const ranges = Array.from({length: 50_000}, (_, at) => `10.${at >> 8}.${at & 255}.0/24`);
  const holes = Array.from({length: 50_000}, (_, at) => `10.${at >> 8}.${at & 255}.1/32`);
  const started = performance.now();
  const left = RangeSet.of(ranges).without(RangeSet.of(holes));
  t.is(left.sizes.v4, 50_000n * 255n);
  t.true(performance.now() - started < 5000);
});
