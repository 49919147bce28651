/** What changes between two levels or streams. */
import test from 'ava';
import {resolvePolicy} from '../../src/config/resolve.ts';
import {changesBetween, changesOfEach} from '../../src/network-changes.ts';
import {reachIn} from '../../src/network-report.ts';
import type {Rung} from '../../src/policy/network-policy.ts';
import {changeFormats} from '../../src/report/network/changes.ts';
import {readStream} from '../../src/stream/manifest-stream.ts';

const workload = (name: string, more = '') => `---
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}}
spec:
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec: {containers: [{name: a, image: a, ports: [{containerPort: 80}, {containerPort: 90}]${more}}]}
`;
const service = `---
apiVersion: v1
kind: Service
metadata: {name: cart}
spec: {selector: {app: cart}, ports: [{port: 80}]}
`;
const shop = (args = 'cart:80') =>
  workload('web', `, args: ["${args}"]`) + workload('other') + workload('cart') + service;

const reach = (stream: string, ingress: Rung) =>
  reachIn(readStream(stream, 'in.yaml'), resolvePolicy({networkPolicy: {ingress}}));

const lines = (before: ReturnType<typeof reach>, after: ReturnType<typeof reach>) =>
  changesBetween([before], [after])
    .filter(({to}) => to === 'Deployment/cart')
    .map(
      ({from, change, before: old, after: now}) => `${from} ${change} ${old ?? ''} → ${now ?? ''}`,
    );

test('what a level would cut', t => {
  t.deepEqual(lines(reach(shop(), 'workloads'), reach(shop(), 'least')), [
    'Deployment/other cut 80,90 → ',
    'any pod of the cluster cut 80,90 → ',
    'Deployment/web changed 80,90 → 80',
  ]);
});
test('controllers are among all pods, addresses are not', t => {
  const ingress = `---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: x}
spec: {defaultBackend: {service: {name: cart, port: {number: 80}}}}
`;
  const stream = shop() + ingress;
  t.true(
    lines(reach(stream, 'workloads'), reach(stream, 'least')).includes(
      'ingress controllers changed 80,90 → 80',
    ),
  );
  const within = (level: Rung) =>
    reachIn(
      readStream(stream, 'in.yaml'),
      resolvePolicy({
        networkPolicy: {
          ingress: level,
          connections:
            level === 'least'
              ? [
                  {
                    from: {cidrs: ['10.0.0.0/8']},
                    to: {workload: {name: 'cart'}},
                    ports: [{port: 80, protocol: 'TCP'}],
                    reason: 'x',
                  },
                ]
              : [],
        },
      }),
    );
  t.true(lines(within('workloads'), within('least')).includes('10.0.0.0/8 opened  → 80'));
});
test('targets with workloads of the same names are compared on their own', t => {
  const call = ', args: ["cart:80"]';
  const others = workload('web') + workload('other', call) + workload('cart') + service;
  const targets = [shop(), others].map((stream, index) => ({
    name: `${index}.yaml`,
    before: reach(stream, 'workloads'),
    after: reach(stream, 'least'),
  }));
  const changes = changesOfEach(targets);
  const toCart = changes.filter(
    ({from, to}) => from.startsWith('Deployment/') && to === 'Deployment/cart',
  );
  t.deepEqual(
    toCart.map(({target, from, change}) => `${target} ${from} ${change}`),
    [
      '0.yaml Deployment/other cut',
      '1.yaml Deployment/web cut',
      '0.yaml Deployment/web changed',
      '1.yaml Deployment/other changed',
    ],
  );
  const states = ['workloads', 'least'] as const;
  t.regex(changeFormats['table']?.({states, changes}) ?? '', /^ *TARGET +FROM/);
  t.regex(changeFormats['markdown']?.({states, changes}) ?? '', /^\| target \| from \|/m);
  t.true(changesOfEach(targets.slice(0, 1)).every(({target}) => target === undefined));
});
test('what a level would open', t => {
  t.deepEqual(lines(reach(shop(), 'deny'), reach(shop(), 'least')), [
    'Deployment/web opened  → 80',
  ]);
});
test('nothing changes', t => {
  t.deepEqual(changesBetween([reach(shop(), 'least')], [reach(shop(), 'least')]), []);
});
test('a new version calls somebody else', t => {
  t.deepEqual(
    changesBetween(
      [reach(shop(), 'least')],
      [reach(shop('nobody') + workload('x', ', args: ["cart:80"]'), 'least')],
    )
      .filter(({from, to}) => from !== 'anywhere' && to === 'Deployment/cart')
      .map(({from, change}) => `${from} ${change}`),
    ['Deployment/web cut', 'Deployment/x opened'],
  );
});
test('every format is safe', t => {
  const states = ['a\u001b[2J|<b>', 'b'] as const;
  const changes = changesBetween([reach(shop(), 'workloads')], [reach(shop(), 'least')]);
  for (const [name, format] of Object.entries(changeFormats)) {
    const text = format({states, changes});
    t.false(text.includes('\u001b'), name);
    t.regex(text, /Deployment\/other/);
  }
  t.is(JSON.parse(changeFormats['json']?.({states, changes}) ?? '').changes.length, changes.length);
  t.notRegex(changeFormats['markdown']?.({states, changes}) ?? '', /(?<![\\`])<b>/);
});
