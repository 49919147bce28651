/** Observed flows: how files are read, and which declarations they suggest. */
import test from 'ava';
import {written} from '../../../src/config/entries.ts';
import {resolvePolicy} from '../../../src/config/resolve.ts';
import {UsageError} from '../../../src/errors.ts';
import {flowsIn} from '../../../src/network/flows/flow.ts';
import {learnedFrom} from '../../../src/network-learn.ts';
import {readStream} from '../../../src/stream/manifest-stream.ts';

const hubble = (more: object = {}) =>
  JSON.stringify({
    flow: {
      verdict: 'FORWARDED',
      IP: {source: '10.0.0.1', destination: '10.0.0.2'},
      l4: {TCP: {source_port: 40_000, destination_port: 8080}},
      source: {
        namespace: 'shop',
        pod_name: 'web-5d4b9c-x2x2x',
        workloads: [{name: 'web', kind: 'Deployment'}],
      },
      destination: {namespace: 'shop', pod_name: 'cart-0'},
      is_reply: false,
      ...more,
    },
  });
const tracked =
  'tcp      6 431999 ESTABLISHED src=10.0.0.1 dst=10.0.0.2 sport=40000 dport=8080 src=10.0.0.2 dst=10.0.0.1 sport=8080 dport=40000 [ASSURED] mark=0 use=1';
const istio = JSON.stringify({
  status: 'success',
  data: {
    resultType: 'vector',
    result: [
      {
        metric: {
          source_workload: 'web',
          source_workload_namespace: 'shop',
          destination_workload: 'cart',
          destination_workload_namespace: 'shop',
        },
        value: [1, '2'],
      },
    ],
  },
});
const linkerd = JSON.stringify([
  {
    metric: {
      deployment: 'web',
      namespace: 'shop',
      dst_statefulset: 'cart',
      dst_namespace: 'shop',
      target_port: '8080',
    },
  },
]);

const port = {protocol: 'TCP' as const, port: 8080};

test('Hubble', t => {
  t.deepEqual(flowsIn(`${hubble()}\n\n${hubble({is_reply: true})}\n`, 'f'), [
    {
      from: {namespace: 'shop', pod: 'web-5d4b9c-x2x2x', workload: 'web', address: '10.0.0.1'},
      to: {namespace: 'shop', pod: 'cart-0', address: '10.0.0.2'},
      port,
      line: 1,
    },
  ]);
});
test('what is no connection is passed over', t => {
  t.deepEqual(flowsIn(`{"node_status":{}}\n${hubble({l4: {ICMPv4: {type: 8}}})}`, 'f'), []);
});
test('conntrack', t => {
  t.deepEqual(flowsIn(`${tracked}\nicmp 1 29 src=10.0.0.1 dst=10.0.0.2 type=8\n`, 'f'), [
    {from: {address: '10.0.0.1'}, to: {address: '10.0.0.2'}, port, line: 1},
  ]);
});
test('metrics of Istio', t => {
  t.like(flowsIn(istio, 'f')[0], {
    from: {workload: 'web', namespace: 'shop'},
    to: {workload: 'cart'},
  });
});
test('metrics of Linkerd', t => {
  t.like(flowsIn(linkerd, 'f')[0], {from: {workload: 'web'}, to: {workload: 'cart'}, port});
});

const refuses = test.macro((t, text: string, line: number, message: RegExp) => {
  const error = t.throws(() => flowsIn(text, 'flows.json'), {instanceOf: UsageError});
  t.deepEqual({file: error?.place.file, line: error?.place.line}, {file: 'flows.json', line});
  t.regex(error?.message ?? '', message);
});
test(
  'prose',
  refuses,
  `${hubble()}\nhello\n`,
  2,
  /^neither a flow of Hubble in JSON, nor a line of conntrack/,
);
test('broken JSON', refuses, `\n${hubble().slice(0, 40)}`, 2, /^not valid JSON/);
test('JSON of something else', refuses, '{"a": 1}', 1, /^neither a flow/);
test('a list', refuses, '[1, 2]', 1, /^neither a flow/);
test(
  'metrics of something else',
  refuses,
  '[{"metric": {"job": "a"}}]',
  1,
  /^result 1 has no labels of Istio/,
);
test('a result without labels', refuses, '[null, {"metric": {}}]', 1, /^result 1 /);
test('ends that are no objects', refuses, '{"source": 1, "destination": []}', 1, /^neither a flow/);
test('names that are no texts are unknown', t => {
  const flow = hubble({
    source: {namespace: 7, pod_name: {}, workloads: [null]},
    IP: 1,
    destination_names: [{}],
  });
  t.deepEqual(flowsIn(flow, 'f')[0]?.from, {});
});
test('ports out of range are none', t => {
  t.deepEqual(flowsIn(hubble({l4: {TCP: {destination_port: 99_999}}}), 'f'), []);
});
test('a long line is read in one go', t => {
  for (const unit of ['{', 'tcp src=', 'a', '[', '"metric"']) {
    t.throws(() => flowsIn(unit.repeat(200_000), 'f'), {instanceOf: UsageError});
  }
});

const workload = (name: string, kind: string, more = '') => `---
apiVersion: apps/v1
kind: ${kind}
metadata: {name: ${name}, namespace: shop}
spec:
  selector: {matchLabels: {app: ${name}}}
  template: {metadata: {labels: {app: ${name}}}, spec: {containers: [{name: a, image: a${more}}]}}
`;
const shop = `${workload('web', 'Deployment')}${workload('cart', 'StatefulSet')}---
apiVersion: v1
kind: Service
metadata: {name: cart, namespace: shop}
spec: {clusterIP: 10.0.0.2, selector: {app: cart}, ports: [{port: 8080}]}
`;
const policy = resolvePolicy({networkPolicy: {ingress: 'least', unnamed: 'deny'}});
const learned = (text: string, stream = shop) =>
  learnedFrom(flowsIn(text, 'f.json'), 'f.json', readStream(stream, 'in'), policy);
const web = {workload: {kind: 'Deployment', namespace: 'shop', name: 'web'}};
const cart = {workload: {kind: 'StatefulSet', namespace: 'shop', name: 'cart'}};

test('what was seen is declared once, with what was seen as the reason', t => {
  const {connections, open, unknown} = learned(`${hubble()}\n${hubble()}`);
  t.deepEqual(connections.map(written), [
    {
      from: web,
      to: cart,
      ports: [8080],
      reason: 'seen 2 times, first in f.json:1: web-5d4b9c-x2x2x to cart-0',
    },
  ]);
  t.deepEqual([open, unknown], [0, 0]);
});
test('what is open already is not declared', t => {
  const named = workload('web', 'Deployment', ', args: [http://cart:8080]');
  const {connections, open} = learned(
    hubble(),
    named + shop.slice(workload('web', 'Deployment').length),
  );
  t.deepEqual([connections.length, open], [0, 1]);
});
test('metrics without a port are declared for every port', t => {
  t.like(learned(istio).connections[0], {from: web, to: cart, ports: []});
});
test('an address of a Service is its pods', t => {
  const {connections} = learned(tracked);
  t.like(connections[0], {from: {cidrs: ['10.0.0.1/32']}, to: cart});
});
test('another release is its namespace', t => {
  const flow = hubble({source: {namespace: 'other', pod_name: 'x'}});
  t.like(learned(flow).connections[0], {from: {namespaces: ['other']}, to: cart});
});
test('the internet is an address, and its name is told', t => {
  const flow = hubble({
    IP: {source: '10.0.0.1', destination: '203.0.113.7'},
    destination: {identity: 2},
    destination_names: ['api.example.com'],
  });
  const [connection] = learned(flow).connections;
  t.like(connection, {from: web, to: {cidrs: ['203.0.113.7/32']}});
  t.regex(connection?.reason ?? '', /api\.example\.com \(203\.0\.113\.7\)$/);
});
test('flows of others are counted', t => {
  const flow = hubble({IP: {}, source: {namespace: 'a'}, destination: {namespace: 'b'}});
  t.is(learned(flow).unknown, 1);
});
