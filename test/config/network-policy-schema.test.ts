import test from 'ava';
import {parsePolicy} from '../../src/config/parse.ts';
import type {Json} from '../../src/json.ts';

const parse = (networkPolicy: Json) => parsePolicy({networkPolicy}, 'policy.yaml', () => undefined);

const refuses = test.macro((t, networkPolicy: Json, message: RegExp) => {
  t.throws(() => parse(networkPolicy), {message});
});

const workload = {workload: {name: 'web'}};
const connection = (from: Json, more: {readonly [key: string]: Json} = {}) => ({
  connections: [{from, to: workload, reason: 'so', ...more}],
});

test('a rung that is none', refuses, {ingress: 'open'}, /`networkPolicy\.ingress`/);
test('an unknown key', refuses, {egres: 'deny'}, /`networkPolicy\.egres`: unknown key/);
test('no reason', refuses, {connections: [{from: workload, to: workload}]}, /reason/);
test(
  'an address without a length',
  refuses,
  connection({cidrs: ['10.0.0.1']}),
  /"10\.0\.0\.1" must be/,
);
test('a length that is too long', refuses, connection({cidrs: ['10.0.0.0/33']}), /10\.0\.0\.0\/33/);
for (const cidr of ['010.0.0.0/8', '10.0.0.08/8', '::ffff:010.0.0.1/128']) {
  test(`zeros before a number: ${cidr}`, refuses, connection({cidrs: [cidr]}), /an address range/);
}
test('a name for an address', refuses, {apiServer: [{cidrs: ['host/8']}]}, /"host\/8" must be/);
test(
  'exceptions of several ranges',
  refuses,
  connection({cidrs: ['10.0.0.0/8', '11.0.0.0/8'], except: ['10.1.0.0/16']}),
  /`except` is only possible with a single range/,
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

const inside = 'must contain only parts of 10.0.0.0/8';
for (const except of ['11.1.0.0/16', '10.0.0.0/8', '0.0.0.0/0', 'fc00::/8']) {
  test(
    `an exception that is no part of its range: ${except}`,
    refuses,
    connection({cidrs: ['10.0.0.0/8'], except: ['10.1.0.0/16', except]}),
    new RegExp(`\`networkPolicy\\.connections\\.0\\.from\\.except\` ${inside}`),
  );
}
for (const name of ['bad name', 'a.b', 'Shop', '-a', 'a'.repeat(64), 'a\nb', '*']) {
  test(
    `a namespace of no such name: ${JSON.stringify(name.slice(0, 9))}`,
    refuses,
    connection({namespaces: ['good', name]}),
    /`networkPolicy\.connections\.0\.from\.namespaces\.1` must be the name of a namespace/,
  );
}
test(
  'a value of a label that is none',
  refuses,
  connection({pods: {matchLabels: {app: 'a b'}}}),
  /from\.pods\.matchLabels\.app` must be the value of a label, such as web, not "a b"/,
);
for (const key of ['a b', '/a', 'a/', 'A/b', 'a/b/c', `${'a'.repeat(254)}/b`]) {
  test(
    `a key of a label that is none: ${key.slice(0, 9)}`,
    refuses,
    connection({pods: {matchLabels: {[key]: 'x'}}}),
    /must be the key of a label/,
  );
}
for (const [operator, values] of [
  ['In', undefined],
  ['Exists', ['a']],
] as const) {
  const expression = {key: 'app', operator, ...(values === undefined ? {} : {values})};
  test(
    `the values of ${operator}`,
    refuses,
    connection({pods: {matchExpressions: [expression]}}),
    /`values` belongs to the operators In and NotIn/,
  );
}
for (const port of ['Bad', '80', 'a--b', '-a', 'a'.repeat(16)]) {
  test(
    `a name of a port that is none: ${port}`,
    refuses,
    connection(workload, {ports: [{port, protocol: 'UDP'}]}),
    /must be the number or the name of a port, not/,
  );
}
test('what the API server takes', t => {
  const pods = {
    matchLabels: {'app.kubernetes.io/name': 'Web_1.0', 'policy-group/x': ''},
    matchExpressions: [
      {key: 'app', operator: 'In', values: ['a']},
      {key: 'app', operator: 'Exists'},
    ],
  };
  t.notThrows(() => parse(connection({pods, namespaces: ['a', '0-b']}, {ports: ['http', 'a-1']})));
  t.notThrows(() => parse(connection({cidrs: ['fc00::/7'], except: ['fd00::/8']})));
  t.notThrows(() => parse(connection({cidrs: ['2001:0db8::/32', '::ffff:10.0.0.0/104']})));
});

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
