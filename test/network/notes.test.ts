/** The notes about the network. */
import {readFileSync} from 'node:fs';
import test from 'ava';
import {type PolicyChoices, resolvePolicy} from '../../src/config/resolve.ts';
import {isUndecided} from '../../src/findings/finding.ts';
import {refusalOf} from '../../src/findings/refusal.ts';
import {harden} from '../../src/harden.ts';
import {rungs} from '../../src/policy/network-policy.ts';
import {formats} from '../../src/report/formats.ts';
import {toSummary} from '../../src/report/text.ts';
import {renderedFile} from '../fixtures/charts.ts';

const hardened = (text: string, choices: PolicyChoices = {}) =>
  harden(text, 'in.yaml', resolvePolicy(choices));

/**
 * Bare Pods also get a note that they must be deleted before an upgrade, which is not about the
 * network.
 */
const isOfNetwork = ({message}: {readonly message: string}) =>
  !message.includes('field is immutable');

const notes = (text: string, choices: PolicyChoices = {}) =>
  hardened(text, choices)
    .notes.filter(isOfNetwork)
    .map(({resource, message}) => `${resource.name}: ${message}`);

const pod = (name: string, spec = '') => `---
apiVersion: v1
kind: Pod
metadata: {name: ${name}, labels: {app: ${name}}}
spec: {${spec}containers: [{name: a, image: a}]}
`;
const own = (more = '', metadata = 'name: own') => `---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {${metadata}}
spec: {podSelector: {matchLabels: {app: web}}${more}}
`;
const alone = (direction: string) =>
  `web: the NetworkPolicy "own" in the stream already governs ${direction} of the pods: it is left as it is, and no policy is added`;

const tells = test.macro(
  (t, stream: string, expected: readonly string[], choices: PolicyChoices = {}) => {
    t.deepEqual(notes(stream, choices), expected);
  },
);

test('pods that nothing isolates', tells, pod('web'), []);
test('pods that a policy of the chart isolates', tells, pod('web') + own(), [alone('ingress')]);
test('an audit tells as well', tells, pod('web') + own(), [alone('ingress')], {
  profiles: ['audit'],
});
test(
  'both directions',
  tells,
  pod('web') + own(', policyTypes: [Ingress, Egress]'),
  [alone('ingress'), alone('egress')],
  {networkPolicy: {egress: 'least'}},
);
test('a rule that is off tells nothing', tells, pod('web') + own(), [], {
  rules: {'require-network-policy': 'off'},
});

test('what an earlier run added is no news', t => {
  const {notes: told} = hardened(hardened(pod('web')).text);
  t.deepEqual(
    told.map(({rule}) => rule),
    ['readable'],
    'that the pod was marked before is told, and nothing of the policy',
  );
});

test('a policy whose namespace is null is one of the release', t => {
  const {text} = hardened(pod('web') + own('', 'name: own, namespace: null'));
  t.notRegex(text, /-kube-harden/);
});

test('every report tells, once for all objects of which it holds', t => {
  const many = Array.from({length: 12}, (_, at) => pod(`p${at}`)).join('');
  const policy = resolvePolicy();
  const stream = many + own().replace('{matchLabels: {app: web}}', '{}');
  const report = {...harden(stream, 'in.yaml', policy), policy};
  const told = `note: Pod/p0, Pod/p1, Pod/p2, Pod/p3, Pod/p4, Pod/p5, Pod/p6, Pod/p7, Pod/p8, Pod/p9 and 2 more: ${alone('ingress').slice(5)}`;
  t.true(toSummary(report).includes(`${told}\n`));
  t.true(formats['table']?.(report).includes(`${told}\n`));
  t.regex(formats['markdown']?.(report) ?? '', /^- note: Pod\/p0, /m);
  const {notes: every, summary} = JSON.parse(formats['json']?.(report) ?? '');
  const list = every.filter(isOfNetwork);
  t.is(list.length, 12);
  t.like(list[0], {rule: 'require-network-policy', path: '/spec', resource: {name: 'p0'}});
  t.deepEqual(list[0].source, {file: 'in.yaml', document: 2, line: 5, column: 1});
  t.is(summary.findings, report.findings.length);
});

test('a hostile name stays a name', t => {
  const policy = resolvePolicy();
  const stream = pod('web').replace('name: web', 'name: "a\\e[2J\\n| <b>"') + own();
  const report = {...harden(stream, 'in.yaml', policy), policy};
  const markdown = formats['markdown']?.(report) ?? '';
  for (const text of [toSummary(report), markdown]) t.false(text.includes('\u001b'));
  t.regex(markdown, /^- note: `Pod\/a[^|]*`\\\| .*governs ingress/m);
  t.notRegex(markdown, /(?<![\\`])<b>/);
});

test('the database of the shop, which its own policy isolates', t => {
  const told = notes(readFileSync(renderedFile('shop'), 'utf8'));
  t.deepEqual(
    told.filter(each => each.startsWith('db:')),
    [
      'db: the NetworkPolicy "db" in the stream already governs ingress of the pods: it is left as it is, and no policy is added',
    ],
  );
});

const webhook = `---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 443, targetPort: 8443}]}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: w}
webhooks: [{clientConfig: {service: {name: web, namespace: shop}}}]
`;
const guess =
  'web: the API server calls the pods on 8443, and its address is unknown: their policy admits every private address on these ports; `networkPolicy.apiServer` narrows that, and `apiServer: []` closes it';
for (const ingress of ['workloads', 'release', 'least'] as const) {
  test(
    `${ingress}: that a webhook is open to private addresses`,
    tells,
    pod('web') + webhook,
    [guess],
    {
      networkPolicy: {ingress},
    },
  );
}
test('deny: a webhook is closed', tells, pod('web') + webhook, [], {
  networkPolicy: {ingress: 'deny'},
});
test('a webhook whose API server the policy names', tells, pod('web') + webhook, [], {
  networkPolicy: {apiServer: [{cidrs: ['10.1.2.3/32']}]},
});
test('a webhook that is closed on purpose', tells, pod('web') + webhook, [], {
  networkPolicy: {apiServer: []},
});

test('the policy that is added says that it is open to private addresses, as long as it is', t => {
  const annotation = 'kube-harden.io/open-to-private-ranges: "8443"\n';
  const has = (choices: PolicyChoices) =>
    hardened(pod('web') + webhook, choices).text.includes(annotation);
  t.true(has({}));
  t.false(has({annotate: false}));
  t.false(has({networkPolicy: {apiServer: [{cidrs: ['10.1.2.3/32']}]}}));
});

const beyond = (ranges: string) =>
  `web: the policy file lists addresses that are not private, and the NetworkPolicy of the pods admits them: the API server at ${ranges} on 8443`;
const wide = (...cidrs: string[]) => ({networkPolicy: {apiServer: [{cidrs}]}});
for (const range of ['0.0.0.0/0', '::/0', '0.0.0.0/1', '203.0.113.7/32', '10.0.0.0/6']) {
  test(
    `an API server at ${range}`,
    tells,
    pod('web') + webhook,
    [beyond(range)],
    wide('10.0.0.0/8', range),
  );
  test(`${range} of the API server is not flagged when the output is read again`, t => {
    const flagged = (text: string) => {
      const {findings} = hardened(text, wide(range));
      return findings.filter(({rule}) => rule === 'no-open-network-policy').length;
    };
    const once = pod('web') + webhook;
    t.is(flagged(once), 0);
    t.is(flagged(hardened(once, wide(range)).text), 0);
    const isWide = !range.endsWith('32');
    t.is(
      flagged(hardened(pod('web') + webhook, wide(range)).text.replace(webhook, '')),
      isWide ? 1 : 0,
    );
  });
}
test('private ranges are told of no API server', tells, pod('web') + webhook, [], wide('fd00::/8'));
test('half of the internet that a connection declares is not flagged', t => {
  const choices: PolicyChoices = {
    networkPolicy: {
      connections: [
        {from: {cidrs: ['0.0.0.0/1']}, to: {workload: {name: 'web'}}, ports: [], reason: 'so'},
      ],
    },
  };
  const {text} = hardened(pod('web'), choices);
  const {findings} = hardened(text, choices);
  t.false(findings.some(({rule}) => rule === 'no-open-network-policy'));
  t.true(hardened(text).findings.some(({rule}) => rule === 'no-open-network-policy'));
});

const calls = (from: string, to: string) => ({
  from: {workload: {name: from}},
  to: {workload: {name: to}},
  ports: [],
  reason: `${from} calls ${to}`,
});
test('a declared connection of a workload that is not there is told of', t => {
  const networkPolicy = {
    ingress: 'least' as const,
    connections: [
      calls('web', 'db'),
      calls('wbe', 'db'),
      calls('web', 'd*x'),
      {...calls('web', 'db'), from: {namespaces: ['none']}},
    ],
  };
  const stream = pod('web') + pod('db');
  const {staleExceptions} = hardened(stream, {networkPolicy});
  t.deepEqual(
    staleExceptions.map(({exception, why}) => `${exception.reason}: ${why}`),
    ['wbe calls db: matches nothing', 'web calls d*x: matches nothing'],
  );
  const policy = resolvePolicy({networkPolicy});
  const report = {...harden(stream, 'in.yaml', policy), policy};
  const line = 'stale exception (matches nothing): networkPolicy.connections: wbe calls db\n';
  t.true(toSummary(report).includes(line));
  t.true(formats['table']?.(report).includes(line));
  const isOff = {networkPolicy, rules: {'require-network-policy': 'off'}} as const;
  t.deepEqual(hardened(stream, isOff).staleExceptions, []);
});

/** RFC 1918, RFC 6598, RFC 4193: the widest range of each that is private as a whole. */
const isPrivate =
  /^(?:10\.0\.0\.0\/8|172\.16\.0\.0\/12|192\.168\.0\.0\/16|100\.64\.0\.0\/10|fc00::\/7)$/;

test('what nobody has declared is open to private addresses at most, on every rung', t => {
  const stream = readFileSync(renderedFile('shop'), 'utf8') + pod('web') + webhook;
  for (const rung of rungs) {
    const {text} = hardened(stream, {networkPolicy: {ingress: rung, egress: rung}});
    const ranges = [...text.matchAll(/cidr: "?([^\s"]+)/g)].map(([, range]) => range ?? '');
    t.is(ranges.length > 0, rung !== 'deny', rung);
    t.deepEqual(
      ranges.filter(range => !isPrivate.test(range)),
      [],
    );
  }
});

const balanced = (type: string) =>
  `---
apiVersion: v1
kind: Service
metadata: {name: front}
spec: {type: ${type}, selector: {app: web}, ports: [{port: 80}]}
`;
const cut =
  'front: the Service opens the pods of "web" to clients outside the cluster, but their policy admits no external address, so these clients are cut off: if they are intended, declare the Service under `exposed`';
test('clients that are cut off are the user’s to decide on', t => {
  const stream = pod('web') + balanced('LoadBalancer');
  const open = hardened(stream);
  const note = open.notes.find(isOfNetwork);
  t.is(note?.disposition, 'cut');
  t.deepEqual(note?.exposed?.match, {kind: 'Service', name: 'front'});
  t.is(open.summary.undecided, 1);
  const policy = resolvePolicy({undecided: 'refuse'});
  t.regex(
    refusalOf(hardened(stream, {undecided: 'refuse'}), policy) ?? '',
    /^require-network-policy cuts off the external clients of Service\/front\. .*: exposed: \[\{match: \{kind: "Service", name: "front"\}, /,
  );
  for (const decided of [
    {undecided: 'fix'},
    {profiles: ['audit']},
    {profiles: ['essential', 'strict']},
  ] as const) {
    t.is(hardened(stream, decided).notes.find(isUndecided), undefined);
  }
  const exposed = open.notes.flatMap(each => each.exposed ?? []);
  const after = hardened(stream, {exposed});
  t.is(after.summary.undecided, 0);
  t.deepEqual(after.staleExceptions, []);
});
for (const type of ['LoadBalancer', 'NodePort']) {
  const stream = pod('web') + balanced(type);
  test(`a ${type} that nobody declares is told`, tells, stream, [cut]);
  test(`a ${type} that is exposed on purpose`, tells, stream, [], {
    exposed: [{match: {name: 'front'}, reason: 'the front door'}],
  });
  test(`a ${type} that is rewritten`, tells, stream, [], {profiles: ['strict']});
}
const ranged = (ranges: string) =>
  pod('web') +
  balanced('LoadBalancer').replace('ports:', `loadBalancerSourceRanges: [${ranges}], ports:`);
const frontDoor = {exposed: [{match: {name: 'front'}, reason: 'the front door'}]};
test(
  'a load balancer with ranges that are none',
  tells,
  ranged('bogus, 10.0.0.0/33, 10.0.0.0/8, 7'),
  [
    'web: `loadBalancerSourceRanges` of an exposed Service contains invalid address ranges ("bogus", "10.0.0.0/33", "7"): the policy of the pods opens nothing for them',
  ],
  frontDoor,
);
test('what is no range of a load balancer opens nothing', t => {
  const rangesIn = (ranges: string) => {
    const {text} = hardened(ranged(ranges), frontDoor);
    return [...text.matchAll(/cidr: "?([^\s"]+)/g)].map(([, range]) => range);
  };
  t.deepEqual(rangesIn('" 10.0.0.0/8 ", bogus, 203.0.113.0/24'), ['10.0.0.0/8', '203.0.113.0/24']);
  t.deepEqual(rangesIn('bogus'), []);
  t.deepEqual(rangesIn(''), ['0.0.0.0/0', '::/0']);
});
test('of many Services that lead to many workloads, each is told once', t => {
  const count = 60;
  const stream = Array.from({length: count}, (_, at) =>
    (
      pod(`p${at}`).replace('app: ', 'x: ').replace('labels: {', 'labels: {app: web, ') +
      balanced('NodePort')
    ).replace('name: front', `name: s${at}`),
  ).join('');
  const told = notes(stream);
  t.is(told.length, count);
  t.regex(told[0] ?? '', /^s0: the Service opens the pods of "p0"/);
});
test('a ClusterIP', tells, pod('web') + balanced('ClusterIP'), []);

const many = (labels: string) =>
  Array.from({length: 101}, (_, at) =>
    pod(`p${at}`).replace('labels: {', `labels: {${labels}`),
  ).join('');
test('a release of too many workloads without a common label is admitted by namespace', t => {
  const release = {networkPolicy: {ingress: 'release'}} as const;
  const told = notes(many(''), release);
  t.is(told.length, 101);
  t.regex(told[0] ?? '', /^p0: the release has more workloads than one policy can list/);
  t.deepEqual(notes(many('app.kubernetes.io/instance: demo, '), release), []);
  t.deepEqual(notes(many('')), []);
});

const onNode = pod('web', 'hostNetwork: true, ');
test('pods in the network of their node are flagged by two rules', t => {
  const flagged = (choices: PolicyChoices) =>
    hardened(onNode, choices)
      .findings.filter(({path, status}) => path === '/spec/hostNetwork' && status === 'flagged')
      .map(({rule}) => rule);
  t.deepEqual(flagged({profiles: ['audit']}), ['no-host-network', 'require-network-policy']);
  t.deepEqual(flagged({rules: {'no-host-network': 'flag'}}), [
    'no-host-network',
    'require-network-policy',
  ]);
  // A pod that leaves that network gets a policy like any other.
  t.deepEqual(flagged({}), []);
  t.regex(hardened(onNode).text, /name: web-pod-kube-harden\n/);
});
