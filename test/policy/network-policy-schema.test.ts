import test from 'ava';
import type {Json} from '../../src/json.ts';
import {parsePolicy} from '../../src/policy/schema.ts';

const parse = (networkPolicy: Json) => parsePolicy({networkPolicy}, 'policy.yaml', () => undefined);

const refuses = test.macro((t, networkPolicy: Json, message: RegExp) => {
  t.throws(() => parse(networkPolicy), {message});
});

const workload = {workload: {name: 'web'}};
const connection = (from: Json, more: {readonly [key: string]: Json} = {}) => ({
  connections: [{from, to: workload, reason: 'so', ...more}],
});

test('a rung that is none', refuses, {ingress: 'open'}, /`networkPolicy\.ingress`/);
test(
  'an unknown key',
  refuses,
  {egres: 'deny'},
  /`networkPolicy\.egres`: a policy has no such key/,
);
test('no reason', refuses, {connections: [{from: workload, to: workload}]}, /reason/);
test(
  'an address without a length',
  refuses,
  connection({cidrs: ['10.0.0.1']}),
  /"10\.0\.0\.1" must be/,
);
test('a length that is too long', refuses, connection({cidrs: ['10.0.0.0/33']}), /10\.0\.0\.0\/33/);
test('a name for an address', refuses, {apiServer: [{cidrs: ['host/8']}]}, /"host\/8" must be/);
test(
  'exceptions of several ranges',
  refuses,
  connection({cidrs: ['10.0.0.0/8', '11.0.0.0/8'], except: ['10.1.0.0/16']}),
  /`except` must stand beside one range alone/,
);
test('a peer that is nobody', refuses, connection({}), /must have `pods`, `namespaces` or `cidrs`/);
test(
  'no workload of the stream',
  refuses,
  {connections: [{from: {namespaces: ['a']}, to: {cidrs: ['10.0.0.0/8']}, reason: 'so'}]},
  /one end must be a `workload`/,
);
test('a port that is none', refuses, connection(workload, {ports: [70_000]}), /ports/);
test(
  'a range of ports upside down',
  refuses,
  connection(workload, {ports: [{port: 9, endPort: 1}]}),
  /`endPort` must not be below `port`/,
);

test('ports are TCP where they do not say otherwise', t => {
  const ports = [80, 'http', {port: 53, protocol: 'UDP'}, {port: 1, endPort: 2}];
  const {networkPolicy} = parse(connection({cidrs: ['fc00::/7']}, {ports}));
  t.deepEqual(networkPolicy?.connections?.[0]?.ports, [
    {port: 80, protocol: 'TCP'},
    {port: 'http', protocol: 'TCP'},
    {port: 53, protocol: 'UDP'},
    {port: 1, endPort: 2, protocol: 'TCP'},
  ]);
});
