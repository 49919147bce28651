/** Hosts outside of the stream: what is found in texts, and what closed egress tells of them. */
import test from 'ava';
import {resolvePolicy} from '../../../src/config/resolve.ts';
import {harden} from '../../../src/harden.ts';
import {outsideHostsIn} from '../../../src/network/needs/outside-hosts.ts';

const finds = test.macro((t, text: string, ...expected: readonly string[]) => {
  const found = [...outsideHostsIn(text)].map(({host, port}) => `${host}:${port ?? ''}`);
  t.deepEqual(found, expected);
});
test('a URL', finds, 'https://api.stripe.com/v1', 'api.stripe.com:443');
test('with a port', finds, 'http://db.acme.io:8080/x', 'db.acme.io:8080');
test('with a user', finds, 'postgres://me:pw@db.acme.io/x', 'db.acme.io:5432');
test('of an unknown scheme', finds, 'foo://db.acme.io', 'db.acme.io:');
test('an address', finds, 'redis://203.0.113.7', '203.0.113.7:6379');
test(
  'a Service elsewhere',
  finds,
  'auth.infra.svc:80 db.infra.svc.cluster.local',
  'auth.infra.svc:80',
  'db.infra.svc:',
);
test('a Service in a URL, once', finds, 'http://auth.infra.svc:80/', 'auth.infra.svc:80');
test(
  'loopback, wildcards and reserved names are none',
  finds,
  'http://127.0.0.1 http://0.0.0.0:80 http://localhost https://x.example.com http://db http://*:80',
);
test('schemas are none', finds, 'xmlns="http://www.w3.org/2001/XMLSchema"');
test('comments are none', finds, '# see https://docs.acme.io\n');
test('a long text is read in one go', t => {
  for (const unit of ['://', 'a', '.svc', 'a.', 'https://a', '@', '://a@']) {
    t.notThrows(() => [...outsideHostsIn(unit.repeat(200_000))]);
  }
});

const pod = (text: string) => `kind: Pod
apiVersion: v1
metadata: {name: web, namespace: shop, labels: {app: web}}
spec: {containers: [{name: a, image: a, args: ["${text}"]}]}
---
kind: Service
apiVersion: v1
metadata: {name: auth, namespace: infra}
spec: {selector: {app: auth}, ports: [{port: 80}]}
`;
type Settings = NonNullable<NonNullable<Parameters<typeof resolvePolicy>[0]>['networkPolicy']>;
const told = (text: string, networkPolicy: Settings) =>
  harden(pod(text), 'in', resolvePolicy({networkPolicy}))
    .notes.map(({message}) => message)
    .filter(message => message.includes('which is not in the stream'))
    .map(message => /"(.*?)"/.exec(message)?.[1]);

test('closed egress tells of each', t => {
  const text = 'https://api.stripe.com http://db.other.svc:80 http://auth.infra.svc:80';
  for (const egress of ['least', 'release'] as const) {
    t.deepEqual(told(text, {egress}), ['api.stripe.com:443', 'db.other.svc:80']);
  }
  t.deepEqual(told(text, {egress: 'workloads'}), ['api.stripe.com:443']);
  t.deepEqual(told(text, {egress: 'open'}), []);
});
test('what is declared is not told', t => {
  const from = {workload: {name: 'web'}};
  const connection = {from, to: {cidrs: ['203.0.113.0/24']}, reason: 'a'};
  const ports = [{protocol: 'TCP' as const, port: 443}];
  const egress = 'least' as const;
  t.deepEqual(told('https://api.stripe.com', {egress, connections: [{...connection, ports}]}), []);
  t.is(told('http://api.stripe.com', {egress, connections: [{...connection, ports}]}).length, 1);
  const there = {from, to: {namespaces: ['other']}, ports: [], reason: 'a'};
  t.deepEqual(told('db.other.svc', {egress, connections: [there]}), []);
  t.is(told('db.third.svc', {egress, connections: [there]}).length, 1);
});
