import {readFileSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import {resolvePolicy} from '../../../src/config/resolve.ts';
import {networkReport} from '../../../src/network-report.ts';
import type {NetworkPolicySettings} from '../../../src/policy/network-policy.ts';
import {networkFormats} from '../../../src/report/network/formats.ts';
import {readStream} from '../../../src/stream/manifest-stream.ts';
import {repository} from '../../tools/tools.ts';
import {shopTable} from '../shop-table.ts';

const report = (text: string, networkPolicy: Partial<NetworkPolicySettings> = {}) =>
  networkReport(readStream(text, 'in.yaml'), resolvePolicy({networkPolicy}));

const pod = (name: string, rest: string) => `---
apiVersion: v1
kind: Pod
metadata: {name: ${name}, labels: {app: ${name}}}
spec:
  containers:
    - name: a
      image: a
${rest}`;
const service = (name: string) => `---
apiVersion: v1
kind: Service
metadata: {name: ${name}}
spec:
  selector: {app: ${name}}
  ports: [{port: 80, targetPort: http}]
`;
const web = pod('web', '      ports: [{name: http, containerPort: 8080}]\n') + service('web');

test('names the line that allows a connection', t => {
  const {before, after} = report(web + pod('client', '      args: ["http://web/"]\n'), {
    ingress: 'least',
  });
  t.deepEqual(before[0], {
    from: 'anywhere',
    to: 'Pod/web',
    ports: [],
    why: [{reason: 'no NetworkPolicy governs ingress', file: 'in.yaml', document: 2, line: 5}],
  });
  t.deepEqual(after[0], {
    from: 'Pod/client',
    to: 'Pod/web',
    ports: ['8080'],
    why: [{reason: 'names the Service "web"', file: 'in.yaml', document: 4, line: 25}],
  });
});

test('a connection that the client’s own policy forbids is none', t => {
  const closed = `---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: closed}
spec: {podSelector: {matchLabels: {app: client}}, policyTypes: [Egress]}
`;
  const stream = web + pod('client', '      args: ["http://web/"]\n') + closed;
  const {after} = report(stream, {ingress: 'least', unnamed: 'deny'});
  t.deepEqual(
    after.filter(({to}) => to === 'Pod/web'),
    [],
  );
  t.deepEqual(
    after.filter(({from}) => from === 'Pod/client'),
    [],
  );
});

test('the policies of a chart are named, with ranges, exceptions and ports', t => {
  const own = `---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: own}
spec:
  podSelector: {}
  ingress:
    - from:
        - ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}
        - namespaceSelector: {matchExpressions: [{key: team, operator: In, values: [a, b]}]}
          podSelector: {matchExpressions: [{key: x, operator: Exists}]}
      ports: [{port: 53, protocol: UDP}, {port: 1, endPort: 9}]
`;
  const {before} = report(web + own);
  const into = before.filter(({to}) => to === 'Pod/web');
  t.deepEqual(
    into.map(({from, ports, why}) => [from, ports.join(' '), why[0]?.reason, why[0]?.line]),
    [
      ['10.0.0.0/8 except 10.1.0.0/16', '53/UDP 1-9', 'the NetworkPolicy "own" admits it', 25],
      ['pods x of namespaces team in (a,b)', '53/UDP 1-9', 'the NetworkPolicy "own" admits it', 26],
    ],
  );
});

test('many workloads that one peer selects are one node, with their number', t => {
  const own = `---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: own}
spec:
  podSelector: {matchLabels: {app: web}}
  ingress: [{from: [{podSelector: {matchExpressions: [{key: app, operator: Exists}]}}]}]
`;
  const pods = (count: number) =>
    Array.from({length: count}, (_, at) => pod(`p${at}`, '')).join('');
  const into = (count: number) =>
    report(web + own + pods(count)).before.filter(({to}) => to === 'Pod/web');
  t.deepEqual(
    into(30).map(({from}) => from),
    ['pods app of the namespace (31 workloads)'],
  );
  t.is(into(29).length, 30);
});

const policy = (name: string, spec: string) => `---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: ${name}, namespace: demo}
spec: ${spec}
`;
const inDemo = (text: string) =>
  text.replaceAll(/(name: [\w-]+), labels/g, '$1, namespace: demo, labels');
const ends = inDemo(
  pod('c1', '') +
    pod(
      'own',
      '      ports: [{name: low, containerPort: 85}, {name: high, containerPort: 8500}]\n',
    ),
);

/** What is shown of the ways in to `own` and out of `c1`, less those that nothing governs. */
const rows = test.macro((t, policies: string, expected: readonly string[]) => {
  const {before} = report(ends + policies);
  const governed = before.filter(({why}) => !why[0]?.reason.startsWith('no NetworkPolicy'));
  const shown = governed.map(
    ({from, to, ports, why}) =>
      `${from} → ${to}: ${ports.join(' ')}: ${why.map(({reason}) => /"(.*)"/.exec(reason)?.[1]).join(' ')}`,
  );
  t.deepEqual(
    shown.map(row => row.replaceAll('Pod/demo/', '')),
    expected,
  );
});

const inward = (from: string, ports = '[]') =>
  policy(
    'in',
    `{podSelector: {matchLabels: {app: own}}, ingress: [{from: [${from}], ports: ${ports}}]}`,
  );
const outward = (to: string, ports = '[]') =>
  policy(
    'out',
    `{podSelector: {matchLabels: {app: c1}}, policyTypes: [Egress], egress: [{to: [${to}], ports: ${ports}}]}`,
  );
const byName = (name: string) => `{podSelector: {matchLabels: {app: ${name}}}}`;

for (const [peer, expected] of [
  ['{podSelector: {}, namespaceSelector: {}}', 'any pod of the cluster'],
  ['{podSelector: {}}', 'any pod of the namespace'],
  ['{podSelector: {matchLabels: {}}}', 'any pod of the namespace'],
  ['{podSelector: null, namespaceSelector: {}}', 'any pod of the cluster'],
  [
    '{podSelector: {}, namespaceSelector: {matchLabels: {team: q}}}',
    'any pod of namespaces team=q',
  ],
  [
    '{podSelector: {matchLabels: {app: c1}}, namespaceSelector: {matchLabels: {team: q}}}',
    'pods app=c1 of namespaces team=q',
  ],
] as const) {
  test(`a group keeps its node where the stream holds some of it: ${peer}`, rows, inward(peer), [
    `${expected} → own: : in`,
  ]);
}
test(
  'the pods of every namespace are shown beside those of the stream',
  rows,
  inward('{podSelector: {matchLabels: {app: c1}}, namespaceSelector: {}}'),
  ['pods app=c1 of the cluster → own: : in', 'c1 → own: : in'],
);
for (const [selector, expected] of [
  ['matchLabels: {kubernetes.io/metadata.name: demo}', 'c1'],
  ['matchExpressions: [{key: kubernetes.io/metadata.name, operator: In, values: [demo]}]', 'c1'],
  [
    'matchLabels: {kubernetes.io/metadata.name: far}',
    'pods app=c1 of namespaces kubernetes.io/metadata.name=far',
  ],
] as const) {
  test(
    `the pods of one namespace are the stream’s where it is theirs: ${selector}`,
    rows,
    inward(`{podSelector: {matchLabels: {app: c1}}, namespaceSelector: {${selector}}}`),
    [`${expected} → own: : in`],
  );
}
test('what only the client’s policy names', rows, outward(byName('own'), '[{port: 85}]'), [
  'c1 → own: 85: out',
]);
test(
  'what the client’s policy names of a group that the other end admits',
  rows,
  inward('{podSelector: {}, namespaceSelector: {}}') + outward(byName('own'), '[{port: 85}]'),
  ['any pod of the cluster → own: : in', 'c1 → own: 85: in out'],
);

for (const [one, other, expected] of [
  ['{port: 85}', '{port: low}', '85'],
  ['{port: low}', '{port: low}', 'low'],
  ['{port: 80, endPort: 90}', '{port: 85}', '85'],
  ['{port: 80, endPort: 90}', '{port: low}', 'low'],
  ['{port: 80, endPort: 90}', '{port: 86, endPort: 99}', '86-90'],
  ['{protocol: TCP}', '{port: low}, {port: high}', 'low high'],
  ['{protocol: TCP}', '{port: 85, protocol: UDP}, {port: 1}', '1'],
  ['', '{port: low}, {port: nobody}', 'low'],
  ['{protocol: SCTP}', '', 'SCTP'],
  ['{port: 85, protocol: UDP}', '{port: low}', undefined],
  ['{port: 85}', '{port: 8500}', undefined],
] as const) {
  const expectedRows = expected === undefined ? [] : [`c1 → own: ${expected}: in out`];
  for (const [here, there] of [
    [one, other],
    [other, one],
  ] as const) {
    test(
      `ports that both ends allow: [${here}] and [${there}]`,
      rows,
      inward(byName('c1'), `[${here}]`) + outward(byName('own'), `[${there}]`),
      expectedRows,
    );
    if (one === other) break;
  }
}

/** A name that would break out of each format, and hide what it does. */
const hostile = 'x"]; end --> <script>alert(1)</script> | \\u202e\\e[2J\\n`#quot;&lt;\\\\';
const hostileStream = `apiVersion: v1
kind: Pod
metadata: {name: "${hostile.replaceAll('"', '\\"')}", labels: {app: a}}
spec: {containers: []}
`;

for (const format of ['table', 'markdown', 'mermaid', 'dot']) {
  test(`${format}: a hostile name stays a name`, t => {
    const text = networkFormats[format]?.(report(hostileStream)) ?? '';
    t.regex(text, /alert/);
    for (const character of ['\u202e', '\u001b']) t.false(text.includes(character));
    const lines = text.split('\n').filter(line => line.includes('alert'));
    if (format === 'markdown') {
      for (const line of lines) t.is(line.match(/(?<!\\)\|/g)?.length, 5, line);
      const outside = text.replace(/(`+)(?!`).*?(?<!`)\1(?!`)/g, '');
      t.notRegex(outside, /(?<!\\)</);
    }
    // What stands outside of the quotes is ours.
    const bare = lines.map(line => line.replace(/"(?:[^"\\]|\\.)*"/g, '""'));
    if (format === 'mermaid') {
      t.deepEqual(bare, ['    before1[""]', '    after0[""]']);
      t.notRegex(text, /<|`|#quot;|&lt;/);
    }
    if (format === 'dot') {
      t.deepEqual(new Set(bare), new Set(['    "" [label=""];', '    "" -> "" [label=""];']));
    }
  });
}

test('JSON is read again as what it is', t => {
  const text = networkFormats['json']?.(report(hostileStream)) ?? '';
  const {schemaVersion, before} = JSON.parse(text);
  t.is(schemaVersion, 1);
  t.regex(before[0].to, /<script>/);
});

test('the graph in docs/network.md is current', t => {
  const page = readFileSync(path.join(repository, 'docs/network.md'), 'utf8');
  t.true(page.includes(shopTable()), 'run `npm run network-table` and look at what changed');
});

test('ten thousand documents that name each other', t => {
  const count = 5000;
  const ports = '      ports: [{name: http, containerPort: 8080}]\n';
  const stream = Array.from({length: count}, (_, at) => {
    const args = `      args: ["http://p${at + 1}/", "p${at + 2}:80"]\n`;
    return pod(`p${at}`, args + ports) + service(`p${at}`);
  });
  const edges = report(stream.join(''), {ingress: 'least', egress: 'least', unnamed: 'deny'}).after;
  t.is(edges.filter(({to}) => to === 'DNS').length, count);
  // The last names nobody that is there, and the one before it names one.
  t.is(edges.filter(({to}) => to !== 'DNS').length, 2 * count - 3);
});
