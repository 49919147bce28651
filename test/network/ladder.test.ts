/** What the generated policies admit, as the independent evaluator sees it. */
import {readFileSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import {resolvePolicy} from '../../src/config/resolve.ts';
import {harden} from '../../src/harden.ts';
import type {NetworkPolicySettings} from '../../src/policy/network-policy.ts';
import {renderedFile} from '../fixtures/charts.ts';
import {testWithCorpus} from '../tools/corpus.ts';
import {corpusFolder} from '../tools/corpus-files.ts';
import {Cluster, type End} from './evaluator.ts';

/** The other pods in the cluster, and a node and addresses outside it. */
const neighbours = `
---
kind: Pod
metadata: {name: stranger, namespace: elsewhere, labels: {app: stranger}}
spec: {containers: [{ports: [{containerPort: 8080}]}]}
---
kind: Pod
metadata: {name: neighbour, namespace: demo, labels: {app: neighbour}}
spec: {containers: [{ports: [{containerPort: 8080}]}]}
---
kind: Pod
metadata: {name: controller, namespace: ingress, labels: {app.kubernetes.io/name: ingress-nginx}}
spec: {containers: [{}]}
---
kind: Pod
metadata: {name: prometheus, namespace: monitoring, labels: {app.kubernetes.io/name: prometheus}}
spec: {containers: [{}]}
---
kind: Pod
metadata: {name: dns, namespace: kube-system, labels: {k8s-app: kube-dns}}
spec: {containers: [{ports: [{containerPort: 53}]}]}
`;
const addresses = ['203.0.113.7', '2001:db8::7', '10.1.2.3'];

const hardened = (stream: string, networkPolicy: Partial<NetworkPolicySettings>): string =>
  harden(stream, 'in', resolvePolicy({networkPolicy})).text;

/** Every connection to a pod that is admitted, as `from → to:port`. */
function connectionsTo(
  stream: string,
  isOfInterest: (from: string, to: string) => boolean = () => true,
): readonly string[] {
  const cluster = new Cluster(stream + neighbours, 'demo');
  const ports = new Set(cluster.pods.flatMap(pod => pod.ports.map(each => each.containerPort)));
  const found: string[] = [];
  for (const from of [...cluster.pods, ...addresses] as const) {
    for (const to of cluster.pods) {
      const name = typeof from === 'string' ? from : from.name;
      if (!isOfInterest(name, to.name)) continue;
      for (const port of [...ports, 1]) {
        if (cluster.admits(from, to, port)) found.push(`${name} → ${to.name}:${port}`);
      }
    }
  }
  return found.sort();
}

const outsiders = new Set(['stranger', 'neighbour', 'controller', 'prometheus', 'dns']);
const toTheRelease = (_from: string, to: string) => !outsiders.has(to);

const shop = readFileSync(renderedFile('shop'), 'utf8');

/** The calls that the manifests of the chart declare, collected by a person. */
const shopCalls = [
  'cart → cache:6379',
  'catalog → db:5432',
  'checkout → cart:7070',
  'checkout → catalog:3550',
  'checkout → mailer:8025',
  'checkout → payment:50051',
  'checkout → shipping:50052',
  'controller → front:8080',
  'front → cart:7070',
  'front → catalog:3550',
  'front → checkout:5050',
  'migrate → db:5432',
  'prometheus → front:8080',
  'prometheus → mailer:8025',
  'report → db:5432',
  'report → mailer:8025',
  'seed → catalog:3550',
  'smoke → front:8080',
  'worker → db:5432',
].sort();

test('the shop, least both ways: every declared call, and nothing else', t => {
  const stream = hardened(shop, {ingress: 'least', egress: 'least', unnamed: 'deny'});
  t.deepEqual(connectionsTo(stream, toTheRelease), shopCalls);
});

test('the shop, least with the way out open: the same, since a server has its say', t => {
  t.deepEqual(
    connectionsTo(hardened(shop, {ingress: 'least', unnamed: 'deny'}), toTheRelease),
    shopCalls,
  );
});

test('the shop, deny: nothing but what the chart’s own policy admits', t => {
  const calls = connectionsTo(hardened(shop, {ingress: 'deny'}), toTheRelease);
  t.deepEqual(calls, [
    'catalog → db:5432',
    'migrate → db:5432',
    'report → db:5432',
    'worker → db:5432',
  ]);
  t.deepEqual(connectionsTo(hardened(shop, {ingress: 'deny', egress: 'deny'}), toTheRelease), []);
});

/** The ports that each workload or its Services declare. */
const shopPorts = {
  cache: [6379, 9121],
  cart: [7070],
  catalog: [3550],
  checkout: [5050],
  front: [8080],
  mailer: [8025],
  payment: [50051],
  shipping: [50052],
};

test('the shop, release: its own workloads, the controller and the scraper, on declared ports', t => {
  const calls = connectionsTo(hardened(shop, {ingress: 'release'}), toTheRelease);
  const workloads = new Cluster(shop, 'demo').pods.map(({name}) => name);
  const expected = Object.entries(shopPorts).flatMap(([to, ports]) =>
    ports.flatMap(port => workloads.map(from => `${from} → ${to}:${port}`)),
  );
  const inThisToo = shopCalls.filter(call => /→ db|^controller|^prometheus/.test(call));
  t.deepEqual(calls, [...expected, ...inThisToo].sort());
});

test('the shop, workloads: every pod of the cluster on declared ports, nothing from outside', t => {
  const calls = connectionsTo(hardened(shop, {}), toTheRelease);
  const pods = new Cluster(shop + neighbours, 'demo').pods.map(({name}) => name);
  const expected = Object.entries(shopPorts).flatMap(([to, ports]) =>
    ports.flatMap(port => pods.map(from => `${from} → ${to}:${port}`)),
  );
  const own = shopCalls.filter(call => call.includes('→ db'));
  t.deepEqual(calls, [...expected, ...own].sort());
});

test('the shop, egress: what leads out of the release on each rung', t => {
  const reaches = (egress: NetworkPolicySettings['egress'], to: string, port: number) => {
    const cluster = new Cluster(hardened(shop, {egress}) + neighbours, 'demo');
    const end = (name: string): End => (/[.:]/.test(name) ? name : cluster.pod(name));
    return ['front', 'report'].map(from => cluster.admits(end(from), end(to), port));
  };
  const all = (['open', 'workloads', 'release', 'least', 'deny'] as const).map(rung => [
    rung,
    reaches(rung, '203.0.113.7', 443),
    reaches(rung, '10.96.0.1', 443),
    reaches(rung, 'stranger', 8080),
    reaches(rung, 'dns', 53),
  ]);
  // The service account of front is bound in the chart, that of report is not.
  t.deepEqual(all, [
    ['open', [true, true], [true, true], [true, true], [true, true]],
    ['workloads', [false, false], [true, false], [true, true], [true, true]],
    ['release', [false, false], [true, false], [false, false], [true, true]],
    ['least', [false, false], [true, false], [false, false], [true, true]],
    ['deny', [false, false], [false, false], [false, false], [false, false]],
  ]);
});

const demoFile = 'GoogleCloudPlatform--microservices-demo--helm-chart.yaml';
const demo = path.join(corpusFolder, demoFile);
const testWithDemo = testWithCorpus([demoFile]);

/** Who calls whom, according to the environment variables in the manifests. */
const demoCalls = [
  ...['ad', 'cart', 'checkout', 'currency', 'productcatalog', 'recommendation', 'shipping'].map(
    name => `frontend → ${name}service`,
  ),
  ...['cart', 'currency', 'email', 'payment', 'productcatalog', 'shipping'].map(
    name => `checkoutservice → ${name}service`,
  ),
  'recommendationservice → productcatalogservice',
  'cartservice → redis-cart',
  'loadgenerator → frontend',
].sort();

testWithDemo('microservices-demo, least both ways: the known call graph, and nothing else', t => {
  const stream = hardened(readFileSync(demo, 'utf8'), {
    ingress: 'least',
    egress: 'least',
    unnamed: 'deny',
  });
  const calls = connectionsTo(stream, toTheRelease);
  const pairs = calls.map(call => call.replace(/:\d+$/, ''));
  t.deepEqual([...new Set(pairs)], demoCalls);
  // Each server has one port.
  t.is(pairs.length, demoCalls.length);
});

/**
 * The calls between workloads of the demo that a level admits, in addition to the declared ones.
 */
const demoRungs = {
  deny: () => [],
  least: () => demoCalls,
  release: (clients: readonly string[], servers: readonly string[]) =>
    servers.flatMap(to => clients.map(from => `${from} → ${to}`)),
} as const;

for (const [rung, expected] of Object.entries(demoRungs)) {
  testWithDemo(
    `microservices-demo, ${rung}: what its workloads reach of each other, and no address`,
    t => {
      const text = readFileSync(demo, 'utf8');
      const ingress = rung as keyof typeof demoRungs;
      const calls = connectionsTo(hardened(text, {ingress}), toTheRelease);
      const workloads = new Cluster(text, 'demo').pods;
      const servers = workloads.filter(({name}) => name !== 'loadgenerator').map(({name}) => name);
      const pairs = new Set(calls.map(call => call.replace(/:\d+$/, '')));
      const all = expected(
        workloads.map(({name}) => name),
        servers,
      );
      t.deepEqual([...pairs].sort(), [...all].sort());
    },
  );
}

testWithDemo('microservices-demo, workloads: every pod of the cluster, and no address', t => {
  const calls = connectionsTo(hardened(readFileSync(demo, 'utf8'), {}), toTheRelease);
  const clients = new Set(calls.map(call => call.replace(/ → .*/, '')));
  for (const name of outsiders) t.true(clients.has(name), name);
  for (const address of addresses) t.false(clients.has(address), address);
});
