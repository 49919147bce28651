/** The rows of the graph, compared with the independent evaluator. */
import {readFileSync} from 'node:fs';
import test from 'ava';
import {resolvePolicy} from '../../../src/config/resolve.ts';
import {harden} from '../../../src/harden.ts';
import {networkReport, type PlacedEdge} from '../../../src/network-report.ts';
import type {NetworkPolicySettings} from '../../../src/policy/network-policy.ts';
import {readStream} from '../../../src/stream/manifest-stream.ts';
import {renderedFile} from '../../fixtures/charts.ts';
import {Cluster} from '../evaluator.ts';

const pod = (name: string, ports = '', namespace = 'demo') => `---
apiVersion: v1
kind: Pod
metadata: {name: ${name}, namespace: ${namespace}, labels: {app: ${name}}}
spec: {containers: [{name: a, image: a, ports: [${ports}]}]}
`;
const policy = (name: string, spec: string) => `---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: ${name}, namespace: demo}
spec: ${spec}
`;
const own = pod(
  'own',
  '{name: low, containerPort: 85}, {name: high, containerPort: 8500}, {name: dns, containerPort: 53, protocol: UDP}',
);
const pods = pod('c1') + pod('c2') + own + pod('far', '', 'other');

/** The other pods in the cluster. */
const strangers = pod('neighbour') + pod('stranger', '', 'elsewhere');

const outsiders = new Set(['neighbour', 'stranger']);

type Pair = readonly [from: string, to: string, port: number, protocol: string];

/** Whether a port as the graph writes it means `port` of the pod at that end. */
function means(text: string, port: number, protocol: string, names: ReadonlyMap<string, number>) {
  const [what = '', named] = text.split('/');
  if (['TCP', 'UDP', 'SCTP'].includes(what)) return what === protocol;
  if ((named ?? 'TCP') !== protocol) return false;
  if (names.has(what)) return names.get(what) === port;
  const [first, last = first] = what.split('-').map(Number);
  return port >= Number(first) && port <= Number(last);
}

function pairsOf(edges: readonly PlacedEdge[], cluster: Cluster, tries: readonly number[]) {
  const nameOf = (node: string) => cluster.pods.find(({name}) => name === node.split('/').at(-1));
  const has = ([from, to, port, protocol]: Pair, isGroup: boolean) =>
    edges.some(edge => {
      const [source, target] = [nameOf(edge.from), nameOf(edge.to)];
      const isPair = source?.name === from && target?.name === to;
      const isOneEnd =
        (source === undefined && target?.name === to) ||
        (target === undefined && source?.name === from);
      const names = new Map(
        cluster.pod(to).ports.flatMap(each => (each.name ? [[each.name, each.containerPort]] : [])),
      );
      const isPort =
        edge.ports.length === 0 || edge.ports.some(text => means(text, port, protocol, names));
      return isPort && (isGroup ? isOneEnd : isPair);
    });
  return cluster.pods.flatMap(from =>
    cluster.pods
      .filter(to => to !== from && !(outsiders.has(from.name) && outsiders.has(to.name)))
      .flatMap(to =>
        tries.flatMap(port =>
          ['TCP', 'UDP'].map(protocol => {
            const pair: Pair = [from.name, to.name, port, protocol];
            const isAdmitted = cluster.admits(from, to, port, protocol);
            return {pair, isAdmitted, isShown: has(pair, false), isInGroup: has(pair, true)};
          }),
        ),
      ),
  );
}

const agrees = test.macro(
  (t, stream: string, networkPolicy: Partial<NetworkPolicySettings> = {}) => {
    const policy = resolvePolicy({networkPolicy});
    const {before, after} = networkReport(readStream(stream, 'in'), policy);
    const stages = [
      [before, stream],
      [after, harden(stream, 'in', policy).text],
    ] as const;
    for (const [edges, text] of stages) {
      const cluster = new Cluster(text + strangers, 'demo');
      const declared = cluster.pods.flatMap(({ports}) => ports.map(each => each.containerPort));
      for (const {pair, isAdmitted, isShown, isInGroup} of pairsOf(edges, cluster, [
        ...new Set([...declared, 1, 86]),
      ])) {
        if (isShown) t.true(isAdmitted, `shown, and not admitted: ${pair.join(' ')}`);
        if (isAdmitted) t.true(isShown || isInGroup, `admitted, and not shown: ${pair.join(' ')}`);
      }
    }
  },
);

const into = (from: string, ports = '[]') =>
  policy(
    'in',
    `{podSelector: {matchLabels: {app: own}}, ingress: [{from: [${from}], ports: ${ports}}]}`,
  );
const outOf = (to: string, ports = '[]') =>
  policy(
    'out',
    `{podSelector: {matchLabels: {app: c1}}, policyTypes: [Egress], egress: [{to: [${to}], ports: ${ports}}]}`,
  );
const c1 = '{podSelector: {matchLabels: {app: c1}}}';
const toOwn = '{podSelector: {matchLabels: {app: own}}}';

for (const [name, policies, settings] of [
  ['every pod in the cluster', into('{podSelector: {}, namespaceSelector: {}}')],
  ['every pod of the namespace', into('{podSelector: {}}')],
  [
    'the pods of namespaces by a label',
    into('{podSelector: {}, namespaceSelector: {matchLabels: {team: q}}}'),
  ],
  [
    'pods of every namespace',
    into('{podSelector: {matchLabels: {app: c1}}, namespaceSelector: {}}'),
  ],
  [
    'pods of one namespace',
    into(
      '{podSelector: {}, namespaceSelector: {matchExpressions: [{key: kubernetes.io/metadata.name, operator: In, values: [other]}]}}',
    ),
  ],
  ['egress only', outOf(toOwn, '[{port: 85}]')],
  ['every pod out', outOf('{podSelector: {}}', '[{port: 85}]')],
  [
    'every pod in, one out',
    into('{podSelector: {}}', '[{port: low}]') + outOf(toOwn, '[{port: 85}]'),
  ],
  [
    'one in, every pod out',
    into(c1, '[{port: 80, endPort: 90}]') + outOf('{namespaceSelector: {}}', '[{port: low}]'),
  ],
  ['number and name', into(c1, '[{port: 85}]') + outOf(toOwn, '[{port: low}, {port: high}]')],
  ['range and number', into(c1, '[{port: 80, endPort: 90}]') + outOf(toOwn, '[{port: 85}]')],
  ['two ranges', into(c1, '[{port: 80, endPort: 90}]') + outOf(toOwn, '[{port: 86, endPort: 99}]')],
  [
    'a protocol and names',
    into(c1, '[{protocol: UDP}]') + outOf(toOwn, '[{port: low}, {port: dns, protocol: UDP}]'),
  ],
  ['every port and a name nobody has', into(c1) + outOf(toOwn, '[{port: nobody}]')],
  ['another port', into(c1, '[{port: 85}]') + outOf(toOwn, '[{port: 8500}]')],
  ['least', '', {ingress: 'least', egress: 'least', unnamed: 'deny'}],
  ['workloads in, least out', '', {ingress: 'workloads', egress: 'least'}],
  ['release', '', {ingress: 'release', egress: 'release'}],
] as readonly [string, string, Partial<NetworkPolicySettings>?][]) {
  test(`the graph and the evaluator agree: ${name}`, agrees, pods + policies, settings);
}

for (const [ingress, egress] of [
  ['least', 'open'],
  ['least', 'least'],
  ['workloads', 'least'],
  ['release', 'workloads'],
  ['deny', 'deny'],
] as const) {
  const shop = readFileSync(renderedFile('shop'), 'utf8');
  test(`the graph and the evaluator agree on the shop: ${ingress}, ${egress}`, agrees, shop, {
    ingress,
    egress,
  });
}
