import test from 'ava';
import {parseLayer, parsePolicy} from '../../src/config/parse.ts';
import {resolvePolicy} from '../../src/config/resolve.ts';
import {PolicyError} from '../../src/errors.ts';
import type {Resource} from '../../src/kubernetes/resource.ts';
import {toResource} from '../../src/kubernetes/resource.ts';
import {ExceptionBook} from '../../src/policy/exceptions.ts';
import type {Exception} from '../../src/policy/policy.ts';
import {matches} from '../../src/policy/selector.ts';

const fits = test.macro((t, pattern: string, text: string, expected: boolean) => {
  t.is(matches(pattern, text), expected);
});

test('a pattern without a star fits itself alone', fits, 'web', 'webs', false);
test('a star stands for any text', fits, 'web-*', 'web-1', true);
test('a star stands for no text', fits, 'web*', 'web', true);
test('a star alone fits all', fits, '*', '', true);
test('the ends must not overlap', fits, 'aba*aba', 'ababa', false);
test('stars in the middle', fits, 'a*b*c', 'a-b-b-c', true);
test('order counts', fits, 'a*c*b', 'a-b-c', false);
test('a dot is a dot', fits, 'a.c', 'abc', false);

test('a hostile pattern takes no exponential time', t => {
  t.false(matches(`${'*a'.repeat(5000)}b`, 'a'.repeat(20_000)));
});

const deployment = toResource(
  {apiVersion: 'apps/v1', kind: 'Deployment', metadata: {name: 'web', namespace: 'shop'}},
  [],
  0,
) as Resource;

const hostPort = {id: 'no-host-port'};
const privileged = {id: 'no-privileged'};
const nodePort = {id: 'no-node-port', isExposure: true} as const;
const bookOf = (exceptions: readonly Exception[], today?: string) =>
  new ExceptionBook({exceptions, exposed: [], workloads: new Map()}, today);

test('an exception is found, and one that is of no use is reported', t => {
  const used = {rules: ['no-host-port'], match: {kind: 'Deployment'}, reason: 'a'};
  const unused = {rules: ['no-host-port'], match: {name: 'api'}, reason: 'b'};
  const book = bookOf([used, unused]);
  t.is(book.find(hostPort, deployment, {container: 'app', path: []}), used);
  t.is(book.find(privileged, deployment, {container: 'app', path: []}), undefined);
  t.deepEqual(book.stale(), [{exception: unused, why: 'matches nothing'}]);
});

test('an exception for a container allows nothing of the pod or of another container', t => {
  const exception = {rules: ['no-privileged'], match: {container: 'proxy'}, reason: 'a'};
  const book = bookOf([exception]);
  t.is(book.find(privileged, deployment, {container: 'app', path: []}), undefined);
  t.is(book.find(privileged, deployment, {path: []}), undefined);
  t.is(book.find(privileged, deployment, {container: 'proxy', path: []}), exception);
});

test('an exception holds to the end of its last day', t => {
  const exception = {rules: ['no-host-port'], match: {}, reason: 'a', expires: '2030-06-30'};
  const onLastDay = bookOf([exception], '2030-06-30');
  t.is(onLastDay.find(hostPort, deployment, {path: []}), exception);
  const dayAfter = bookOf([exception], '2030-07-01');
  t.is(dayAfter.find(hostPort, deployment, {path: []}), undefined);
  t.deepEqual(dayAfter.stale(), [{exception, why: 'expired'}]);
});

test('what is exposed on purpose allows exposures alone, and is stale without one', t => {
  const web = {match: {name: 'web'}, reason: 'the shop'};
  const api = {match: {name: 'api'}, reason: 'moved'};
  const old = {match: {name: 'web'}, reason: 'was', expires: '2030-06-30'};
  const book = new ExceptionBook(
    {exceptions: [], exposed: [old, web, api], workloads: new Map()},
    '2030-07-01',
  );
  t.is(book.find(hostPort, deployment, {path: []}), undefined);
  t.is(book.find(nodePort, deployment, {path: []}), web);
  t.deepEqual(book.stale(), [
    {exception: old, why: 'expired'},
    {exception: api, why: 'matches nothing'},
  ]);
});

test('of two profiles the stricter mode of a rule holds, and the user’s word before both', t => {
  t.is(resolvePolicy({profiles: ['audit', 'essential']}).rules.get('no-host-port'), 'fix');
  const chosen = resolvePolicy({profiles: ['strict'], rules: {'no-host-port': 'flag'}});
  t.is(chosen.rules.get('no-host-port'), 'flag');
  t.false(resolvePolicy({rules: {'no-host-port': 'off'}}).rules.has('no-host-port'));
});

test('an inherited property is no profile', t => {
  t.throws(() => resolvePolicy({profiles: ['constructor']}), {instanceOf: RangeError});
});

const mistaken = test.macro((t, json: string, message: RegExp) => {
  t.throws(() => parsePolicy(JSON.parse(json), 'policy.yaml', () => ({line: 3, column: 1})), {
    name: 'UsageError',
    message,
  });
});

for (const name of ['__proto__', 'constructor', 'prototype']) {
  test(`${name} is no rule`, mistaken, `{"rules": {"${name}": "off"}}`, /unknown rule "\w+"$/);
}
for (const day of ['2027-02-30', '2027-13-01', '2027-00-10', '2100-02-29', '2027-6-1', 'soon']) {
  const exposed = JSON.stringify([{match: {}, reason: 'a', expires: day}]);
  test(`there is no day ${day}`, mistaken, `{"exposed": ${exposed}}`, /must be a date like/);
}
test('fixAll is another name of undecided: fix', t => {
  const undecided = (policy: object) =>
    parsePolicy(policy, 'policy.yaml', () => undefined).undecided;
  t.is(undecided({fixAll: true}), 'fix');
  t.is(undecided({fixAll: true, undecided: 'fix'}), 'fix');
  t.is(undecided({fixAll: false}), undefined);
  t.is(undecided({fixAll: false, undecided: 'refuse'}), 'refuse');
});
test(
  'a policy that fixes all and waits',
  mistaken,
  '{"fixAll": true, "undecided": "wait"}',
  /`undecided` must be "fix" or left out when `fixAll: true` is set$/,
);
test(
  'an unknown choice',
  mistaken,
  '{"undecided": "warn"}',
  /one of wait, refuse, fix, not "warn"/,
);

test('a leap day is a day', t => {
  const exposed = [{match: {}, reason: 'a', expires: '2028-02-29'}];
  t.notThrows(() => parsePolicy({exposed}, 'policy.yaml', () => undefined));
});

test('only the places of mistakes that are shown are looked up', t => {
  let count = 0;
  const placeOf = () => {
    count++;
    return {line: 1, column: 1};
  };
  const error = t.throws(() => parseLayer({a: 1, b: 2, c: 3}, 'policy.yaml', placeOf));
  t.true(error instanceof PolicyError && error.mistakes.length === 3);
  t.is(count, 1);
});
