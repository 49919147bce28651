import test from 'ava';
import {isPartOf, parseRange} from '../../src/kubernetes/address-range.ts';

for (const text of [
  '',
  '10.0.0.0',
  '10.0.0.0/',
  '10.0.0.0/33',
  '10.0.0/8',
  '10.0.0.0/8/8',
  '10.0.0.0/-1',
  '256.0.0.0/8',
  'fc00::/129',
  'fc00:::/7',
  'fe80::1%eth0/64',
  '1::2::3/64',
  '1:2:3:4:5:6:7/64',
  '1:2:3:4:5:6:7::8/64',
  '1.2.3.4::/64',
  'a/8',
  `${'0'.repeat(60)}.0.0.0/8`,
]) {
  test(`"${text.slice(0, 20)}" is no range`, t => {
    t.is(parseRange(text), undefined);
  });
}

const relates = test.macro((t, inner: string, outer: string, expected: boolean) => {
  const [part, whole] = [parseRange(inner), parseRange(outer)];
  if (part === undefined || whole === undefined) return t.fail('both must be ranges');
  t.is(isPartOf(part, whole), expected);
});
const cases = [
  ['10.1.0.0/16', '10.0.0.0/8', true],
  ['10.1.2.3/32', '10.99.0.0/8', true],
  ['010.1.0.0/16', '10.0.0.0/8', true],
  ['10.0.0.0/8', '10.0.0.0/8', false],
  ['10.0.0.0/7', '10.0.0.0/8', false],
  ['11.0.0.0/16', '10.0.0.0/8', false],
  ['203.0.113.0/24', '0.0.0.0/0', true],
  ['fd00::/8', 'fc00::/7', true],
  ['fe80::/10', 'fc00::/7', false],
  ['2001:db8::1/128', '::/0', true],
  ['::ffff:10.0.0.1/128', '::ffff:a00:0/104', true],
  ['1:2:3:4:5:6:7:8/128', '1:2:3:4::/64', true],
  ['10.0.0.0/8', '::/0', false],
] as const;
for (const [inner, outer, expected] of cases) {
  test(`${inner} is ${expected ? '' : 'not '}a part of ${outer}`, relates, inner, outer, expected);
}
