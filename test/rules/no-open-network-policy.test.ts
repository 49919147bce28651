import test from 'ava';
import {resolvePolicy} from '../../src/config/resolve.ts';
import {harden} from '../../src/harden.ts';

const pod = `---
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec: {containers: [{name: c, image: "example.com/c:1.0"}]}
`;

/** A policy whose rules admit these ranges, each rule written as `cidr` or `cidr less a, b`. */
function policy(ranges: readonly string[], name = 'own'): string {
  const peers = ranges.map(range => {
    const [cidr, except] = range.split(' less ');
    const less = except === undefined ? '' : `, except: ["${except.split(', ').join('", "')}"]`;
    return `{ipBlock: {cidr: "${cidr}"${less}}}`;
  });
  return `---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: ${name}}
spec: {podSelector: {}, ingress: [{from: [${peers.join(', ')}]}]}
`;
}

const flags = test.macro((t, stream: string, paths: readonly string[]) => {
  const {findings} = harden(pod + stream, 'in.yaml', resolvePolicy());
  const open = findings.filter(({rule}) => rule === 'no-open-network-policy');
  t.deepEqual(
    open.map(({resource, path}) => `${resource.name} ${path}`),
    paths,
  );
});

const block = (at: number) => `own /spec/ingress/0/from/${at}/ipBlock/cidr`;
const union = 'own /spec/ingress';
const eighths = (from: number, to: number, length = 8) =>
  Array.from({length: to - from}, (_, at) => `${from + at}.0.0.0/${length}`);

for (const [title, ranges, paths] of [
  ['every address', ['0.0.0.0/0'], [block(0)]],
  ['every address of IPv6', ['::/0'], [block(0)]],
  ['half of them', ['0.0.0.0/1'], [block(0)]],
  ['two halves', ['0.0.0.0/1', '128.0.0.0/1'], [block(0), block(1)]],
  ['one block of a registry', ['8.0.0.0/8'], []],
  ['two blocks', ['8.0.0.0/8', '9.0.0.0/8'], [union]],
  ['the same block twice', ['8.0.0.0/8', '8.0.0.0/8', '8.1.0.0/16'], []],
  ['many blocks', eighths(1, 127), [union]],
  ['many smaller ones', eighths(1, 127, 9), [union]],
  ['all private networks', ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'], []],
  ['a private network and one beside it', ['10.0.0.0/7'], []],
  ['all but private networks', ['0.0.0.0/0 less 10.0.0.0/8, 192.168.0.0/16'], [block(0)]],
  ['all but one half', ['0.0.0.0/0 less 0.0.0.0/1'], [block(0)]],
  ['all but both halves', ['0.0.0.0/0 less 0.0.0.0/1, 128.0.0.0/1'], []],
  ['all but what a second range has', ['8.0.0.0/7 less 9.0.0.0/8', '9.0.0.0/8'], [union]],
  ['mapped', ['::ffff:0:0/96'], [block(0)]],
  ['mapped, as halves', ['::ffff:0.0.0.0/97', '::ffff:128.0.0.0/97'], [block(0), block(1)]],
  ['translated', ['64:ff9b::/96'], [block(0)]],
  ['unicast of IPv6', ['2000::/3'], [block(0)]],
  ['one block of a registry of IPv6', ['2a00::/12'], []],
  ['all blocks of registries', ['2a00::/12', '2600::/12', '2400::/12'], [union]],
  ['a name server', ['203.0.113.7/32', '2001:db8::1/128'], []],
  ['what is no range', ['0.0.0.0/33', 'a'], []],
] as const) {
  test(title, flags, policy(ranges), paths);
}

test(
  'two policies that select the same pods',
  flags,
  policy(['8.0.0.0/8']) + policy(['9.0.0.0/8'], 'other'),
  ['other /spec/ingress'],
);
test(
  'two policies that select others',
  flags,
  policy(['8.0.0.0/8']) + policy(['9.0.0.0/8'], 'other').replace('{}', '{matchLabels: {app: db}}'),
  [],
);

test('many ranges and many holes take no time', t => {
  const holes = Array.from({length: 20_000}, (_, at) => `8.${at >> 8}.${at & 255}.1/32`);
  const started = performance.now();
  const stream = pod + policy([`8.0.0.0/7 less ${holes.join(', ')}`]);
  const {findings} = harden(stream, 'in.yaml', resolvePolicy());
  t.true(findings.some(({rule}) => rule === 'no-open-network-policy'));
  t.true(performance.now() - started < 10_000);
});
