/** Policies that are not NetworkPolicies: whom they isolate, and what they admit from everyone. */
import test from 'ava';
import {resolvePolicy} from '../../../src/config/resolve.ts';
import {harden} from '../../../src/harden.ts';
import {PluginPolicies} from '../../../src/kubernetes/plugin-policies/plugin-policies.ts';
import {StreamIndex} from '../../../src/kubernetes/stream-index.ts';
import {networkReport} from '../../../src/network-report.ts';
import {readStream} from '../../../src/stream/manifest-stream.ts';

const pod = `apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web, tier: front}}
spec: {containers: [{name: a, image: a, ports: [{containerPort: 8080}]}]}
`;
const namespace = `---
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {team: one}}
`;
const object = (apiVersion: string, kind: string, spec: string, metadata = '') => `---
apiVersion: ${apiVersion}
kind: ${kind}
metadata: {name: own${metadata}}
spec: ${spec}
`;
const cilium = (spec: string, metadata = ', namespace: shop') =>
  object('cilium.io/v2', 'CiliumNetworkPolicy', spec, metadata);
const clusterwide = (spec: string) =>
  object('cilium.io/v2', 'CiliumClusterwideNetworkPolicy', spec);
const calico = (spec: string, group = 'projectcalico.org/v3') =>
  object(group, 'NetworkPolicy', spec, ', namespace: shop');
const global = (spec: string, group = 'projectcalico.org/v3') =>
  object(group, 'GlobalNetworkPolicy', spec);
const admin = (spec: string, kind = 'AdminNetworkPolicy') =>
  object('policy.networking.k8s.io/v1alpha1', kind, spec);

type Outcome = 'isolated' | 'open' | 'not certain';

/** The result for the pod: a policy; a note that it has one; or a finding about both. */
function outcomeOf(policies: string): Outcome {
  const policy = resolvePolicy();
  const {text, findings, notes: every} = harden(pod + policies, 'in', policy);
  const notes = every.filter(({rule}) => rule === 'require-network-policy');
  const [finding] = findings.filter(({rule}) => rule === 'require-network-policy');
  if (finding === undefined) return notes.length === 1 ? 'isolated' : 'open';
  if (finding.status === 'flagged') return 'not certain';
  return text.includes('web-pod-kube-harden') ? 'open' : 'isolated';
}

const isolates = test.macro((t, policies: string, expected: Outcome) => {
  t.is(outcomeOf(policies), expected);
});

const rules = 'ingress: [{fromEndpoints: [{}]}]';
const web = 'endpointSelector: {matchLabels: {app: web}}';
test('Cilium: by label', isolates, cilium(`{${web}, ${rules}}`), 'isolated');
test(
  'Cilium: another',
  isolates,
  cilium(`{endpointSelector: {matchLabels: {app: db}}, ${rules}}`),
  'open',
);
test('Cilium: all', isolates, cilium(`{endpointSelector: {}, ${rules}}`), 'isolated');
test(
  'Cilium: a source of labels before the key',
  isolates,
  cilium(`{endpointSelector: {matchLabels: {"k8s:app": web, "any:tier": front}}, ${rules}}`),
  'isolated',
);
test(
  'Cilium: in another namespace',
  isolates,
  cilium(`{${web}, ${rules}}`, ', namespace: other'),
  'open',
);
test('Cilium: in whatever namespace', isolates, cilium(`{${web}, ${rules}}`, ''), 'not certain');
test('Cilium: egress alone', isolates, cilium(`{${web}, egress: [{}]}`), 'open');
test('Cilium: ingress without rules', isolates, cilium(`{${web}, ingress: []}`), 'open');
test(
  'Cilium: one empty rule, which denies',
  isolates,
  cilium(`{${web}, ingress: [{}]}`),
  'isolated',
);
test(
  'Cilium: what it denies',
  isolates,
  cilium(`{${web}, ingressDeny: [{fromEntities: [world]}]}`),
  'isolated',
);
test(
  'Cilium: without a default deny',
  isolates,
  cilium(`{${web}, ${rules}, enableDefaultDeny: {ingress: false}}`),
  'open',
);
test('Cilium: of nodes', isolates, clusterwide(`{nodeSelector: {}, ${rules}}`), 'open');
test(
  'Cilium: many at once',
  isolates,
  cilium('{}').replace(
    'spec: {}',
    `specs: [{endpointSelector: {matchLabels: {app: db}}, ${rules}}, {${web}, ${rules}}]`,
  ),
  'isolated',
);
for (const [title, selector, expected] of [
  ['the namespace', 'matchLabels: {"k8s:io.kubernetes.pod.namespace": shop}', 'isolated'],
  ['another', 'matchLabels: {io.kubernetes.pod.namespace: far}', 'open'],
  [
    'all but some',
    'matchExpressions: [{key: io.kubernetes.pod.namespace, operator: NotIn, values: [kube-system]}]',
    'isolated',
  ],
  ['a label of it', 'matchLabels: {io.cilium.k8s.namespace.labels.team: one}', 'not certain'],
  ['an account', 'matchLabels: {io.cilium.k8s.policy.serviceaccount: web}', 'not certain'],
  [
    'an account of others',
    'matchLabels: {app: db, io.cilium.k8s.policy.serviceaccount: web}',
    'open',
  ],
] as const) {
  test(
    `Cilium, clusterwide: by ${title}`,
    isolates,
    clusterwide(`{endpointSelector: {${selector}}, ${rules}}`),
    expected,
  );
}
test(
  'Cilium, clusterwide: by a label of a namespace of the stream',
  isolates,
  namespace +
    clusterwide(
      `{endpointSelector: {matchLabels: {io.cilium.k8s.namespace.labels.team: one}}, ${rules}}`,
    ),
  'isolated',
);

for (const group of ['projectcalico.org/v3', 'crd.projectcalico.org/v1']) {
  test(`${group}: a selector`, isolates, calico(`{selector: app == 'web'}`, group), 'isolated');
  test(`${group}: everything`, isolates, global('{selector: all()}', group), 'isolated');
  test(`${group}: without a selector`, isolates, global('{types: [Ingress]}', group), 'isolated');
}
for (const [selector, expected] of [
  ['app == "db"', 'open'],
  ['app != "db"', 'isolated'],
  ['app in {"db", "web"} && tier == "front"', 'isolated'],
  ['app not in {"db", "web"}', 'open'],
  ['app == "db" || tier == "front"', 'isolated'],
  ['!(app == "web")', 'open'],
  ['has(app) && !has(old)', 'isolated'],
  ['app starts with "we" && app ends with "eb" && tier contains "ron"', 'isolated'],
  ['global()', 'open'],
  ['projectcalico.org/namespace == "shop"', 'isolated'],
  ['projectcalico.org/namespace == "far"', 'open'],
  ['projectcalico.org/orchestrator == "k8s"', 'isolated'],
  ['!has(pod-template-hash)', 'isolated'],
  ['!has(topology.kubernetes.io/zone)', 'not certain'],
  ['example.com/team != "x"', 'not certain'],
  ['pcsa.role == "x"', 'not certain'],
  ['pcns.team == "one"', 'not certain'],
  ['app ==', 'not certain'],
  [`${'('.repeat(200)}all()${')'.repeat(200)}`, 'not certain'],
] as const) {
  test(
    `Calico: ${selector.slice(0, 60)}`,
    isolates,
    global(`{selector: ${JSON.stringify(selector)}}`),
    expected,
  );
}
test(
  'Calico: egress alone',
  isolates,
  calico('{selector: all(), egress: [{action: Deny}]}'),
  'open',
);
test('Calico: types', isolates, calico('{selector: all(), types: [Egress]}'), 'open');
for (const [ingress, expected] of [
  ['{action: Pass}', 'open'],
  ['{action: Pass, metadata: {annotations: {a: b}}, source: {nets: []}}', 'open'],
  ['{action: Log}, {action: Pass}', 'open'],
  ['{action: Deny}, {action: Pass}', 'isolated'],
  ['{action: Deny, protocol: UDP}, {action: Pass}', 'not certain'],
  ['{action: Pass, protocol: TCP}', 'not certain'],
  ['{action: Pass, source: {nets: [0.0.0.0/0]}}', 'not certain'],
  ['{action: Pass, source: {notSelector: "a == \'b\'"}}', 'not certain'],
  ['{action: Pass, source: {nets: [10.0.0.0/8]}}', 'isolated'],
  ['{action: Pass, source: {selector: "app == \'db\'"}}', 'isolated'],
  ['{action: Allow, source: {selector: "app == \'db\'"}}', 'isolated'],
] as const) {
  test(
    `Calico: ${ingress}`,
    isolates,
    calico(`{selector: all(), ingress: [${ingress}]}`),
    expected,
  );
}
const definition = (group: string, plural: string, kind: string) => `---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: ${plural}.${group}
spec:
  group: ${group}
  names: {kind: ${kind}, plural: ${plural}}
`;
for (const [title, defined, expected] of [
  [
    'a policy',
    definition('cilium.io', 'ciliumnetworkpolicies', 'CiliumNetworkPolicy') +
      cilium(`{${web}, ${rules}}`),
    'not certain',
  ],
  [
    'a policy of Calico, as it is stored',
    definition('crd.projectcalico.org', 'networkpolicies', 'NetworkPolicy') +
      calico('{selector: all()}'),
    'not certain',
  ],
  [
    'another policy',
    definition('cilium.io', 'ciliumclusterwidenetworkpolicies', 'CiliumClusterwideNetworkPolicy') +
      cilium(`{${web}, ${rules}}`),
    'isolated',
  ],
  [
    'a policy of another group',
    definition('example.com', 'ciliumnetworkpolicies', 'CiliumNetworkPolicy') +
      cilium(`{${web}, ${rules}}`),
    'isolated',
  ],
] as const) {
  test(`the stream defines the kind of ${title}`, isolates, defined, expected);
}
const tier = (action: string) =>
  object('projectcalico.org/v3', 'Tier', `{defaultAction: ${action}}`);
test('Calico: a tier', isolates, calico('{tier: own, selector: all()}') + tier('Deny'), 'isolated');
test(
  'Calico: a tier that passes the rest on',
  isolates,
  calico('{tier: own, selector: all()}') + tier('Pass'),
  'open',
);
test(
  'Calico: another tier that passes the rest on',
  isolates,
  calico('{tier: other, selector: all()}') + tier('Pass'),
  'isolated',
);
for (const mark of [
  'labels: {kustomize.toolkit.fluxcd.io/reconcile: disabled}',
  'annotations: {kustomize.toolkit.fluxcd.io/ssa: Ignore}',
]) {
  test(
    `one that Flux does not apply: ${mark}`,
    isolates,
    cilium(`{${web}, ${rules}}`, `, namespace: shop, ${mark}`),
    'not certain',
  );
}
test(
  'Calico: of nodes, before all else',
  isolates,
  global('{selector: all(), preDNAT: true, applyOnForward: true}'),
  'open',
);
test(
  'Calico: by namespace',
  isolates,
  global(
    `{namespaceSelector: projectcalico.org/name not in {"kube-system"}}`.replace(
      /: (projectcalico.*)}$/,
      ": '$1'}",
    ),
  ),
  'isolated',
);
test(
  'Calico: by account',
  isolates,
  calico(`{serviceAccountSelector: "role == 'x'"}`),
  'not certain',
);
test(
  'Calico: staged',
  isolates,
  object('projectcalico.org/v3', 'StagedNetworkPolicy', '{selector: all()}', ', namespace: shop'),
  'open',
);

const subject = 'subject: {namespaces: {matchLabels: {kubernetes.io/metadata.name: shop}}}';
const everyone = 'from: [{namespaces: {}}]';
const anyPod = 'from: [{pods: {namespaceSelector: {}, podSelector: {}}}]';
const some = 'from: [{namespaces: {matchLabels: {team: one}}}]';
const others =
  'from: [{namespaces: {matchExpressions: [{key: team, operator: NotIn, values: [one]}]}}]';
const named =
  'from: [{namespaces: {matchExpressions: [{key: kubernetes.io/metadata.name, operator: Exists}]}}]';
for (const kind of ['AdminNetworkPolicy', 'BaselineAdminNetworkPolicy', 'ClusterNetworkPolicy']) {
  // One more policy takes the place of a baseline policy, and so opens what that denies.
  const part = kind === 'BaselineAdminNetworkPolicy' ? 'not certain' : 'open';
  for (const [title, ingress, expected] of [
    ['denies all namespaces', `{action: Deny, ${everyone}}`, 'isolated'],
    ['denies all pods', `{action: Deny, ${anyPod}}`, 'isolated'],
    ['denies all but some', `{action: Allow, ${some}}, {action: Deny, ${everyone}}`, 'isolated'],
    ['only allows', `{action: Allow, ${everyone}}`, 'open'],
    ['denies some', `{action: Deny, ${some}}`, part],
    ['denies on a port', `{action: Deny, ${everyone}, ports: [{portNumber: {port: 80}}]}`, part],
    ['denies by protocol', `{action: Deny, ${everyone}, protocols: [{tcp: {}}]}`, part],
    [
      'denies after it allows all',
      `{action: Allow, ${everyone}}, {action: Deny, ${everyone}}`,
      'open',
    ],
    [
      'denies after it passes all',
      `{action: Pass, ${anyPod}}, {action: Deny, ${everyone}}`,
      'open',
    ],
    [
      'denies after it accepts all',
      `{action: Accept, ${named}}, {action: Deny, ${everyone}}`,
      'open',
    ],
    [
      'denies after it allows most',
      `{action: Allow, ${others}}, {action: Deny, ${everyone}}`,
      'open',
    ],
    [
      'denies after it allows all on ports',
      `{action: Allow, ${everyone}, ports: [{portRange: {start: 1, end: 65535}}]}, {action: Deny, ${everyone}}`,
      part,
    ],
    ['denies nobody', '{action: Deny, from: []}', part],
  ] as const) {
    test(
      `${kind}: ${title}`,
      isolates,
      admin(`{${subject}, ingress: [${ingress}]}`, kind),
      expected,
    );
  }
  test(
    `${kind}: denies what leaves`,
    isolates,
    admin(`{${subject}, egress: [{action: Deny, to: [{networks: [0.0.0.0/0, "::/0"]}]}]}`, kind),
    'open',
  );
}
test(
  'a ClusterNetworkPolicy of the baseline tier',
  isolates,
  admin(`{tier: Baseline, ${subject}, ingress: [{action: Deny, ${some}}]}`, 'ClusterNetworkPolicy'),
  'not certain',
);
for (const [networks, expected] of [
  ['0.0.0.0/0, "::/0"', true],
  ['0.0.0.0/0', false],
  ['0.0.0.0/1, 128.0.0.0/1, "::/0"', true],
  ['10.0.0.0/8', false],
] as const) {
  test(`an administrator’s policy denies what leaves to ${networks}`, t => {
    const spec = `{${subject}, egress: [{action: Deny, to: [{networks: [${networks}]}]}]}`;
    const stream = new StreamIndex(readStream(pod + admin(spec), 'in.yaml').resources);
    t.is(new PluginPolicies(stream).isolatedIn('egress').size === 1, expected);
  });
}
test(
  'an administrator’s policy for pods',
  isolates,
  admin(
    '{subject: {pods: {namespaceSelector: {}, podSelector: {matchLabels: {app: db}}}}, ingress: [{action: Deny, from: [{namespaces: {}}]}]}',
  ),
  'open',
);

test(
  'one that is a hook of an event comes and goes',
  isolates,
  cilium(`{${web}, ${rules}}`, ', namespace: shop, annotations: {helm.sh/hook: pre-upgrade}'),
  'not certain',
);

/** What no-open-network-policy flags: the paths. */
const flags = test.macro((t, policies: string, expected: readonly string[]) => {
  const {findings} = harden(pod + policies, 'in', resolvePolicy());
  const found = findings.filter(({rule}) => rule === 'no-open-network-policy');
  t.deepEqual(
    found.map(({path}) => path),
    expected,
  );
});
for (const [rule, expected] of [
  ['fromEntities: [cluster, world]', '/fromEntities/1'],
  ['fromEntities: [all]', '/fromEntities/0'],
  ['fromEntities: [cluster, kube-apiserver, host]', undefined],
  ['fromCIDR: [10.0.0.0/8, 0.0.0.0/0]', '/fromCIDR/1'],
  ['fromCIDR: [203.0.113.0/24]', undefined],
  ['fromCIDRSet: [{cidr: 0.0.0.0/0, except: [10.0.0.0/8]}]', '/fromCIDRSet/0'],
  ['toPorts: [{ports: [{port: "80"}]}]', ''],
  ['fromEndpoints: [{}], toPorts: [{ports: [{port: "80"}]}]', undefined],
] as const) {
  const paths = expected === undefined ? [] : [`/spec/ingress/0${expected}`];
  test(`Cilium admits ${rule}`, flags, cilium(`{${web}, ingress: [{${rule}}]}`), paths);
}
for (const [rule, expected] of [
  ['action: Allow', ''],
  ['action: Deny', undefined],
  ['action: Allow, source: {nets: [0.0.0.0/0]}', '/source'],
  ['action: Allow, source: {nets: [10.0.0.0/8]}', undefined],
  ['action: Allow, source: {notNets: [10.0.0.0/8]}', '/source'],
  ['action: Allow, source: {selector: all()}', undefined],
  ['action: Pass', ''],
  ['action: Pass, source: {nets: [0.0.0.0/0]}', '/source'],
  ['action: Pass, source: {nets: [10.0.0.0/8]}', undefined],
  ['action: Allow, protocol: TCP, destination: {ports: [80]}', ''],
] as const) {
  const paths = expected === undefined ? [] : [`/spec/ingress/0${expected}`];
  test(`Calico: ${rule}`, flags, calico(`{selector: all(), ingress: [{${rule}}]}`), paths);
}

test(
  'Calico: what a tier of its own passes on',
  flags,
  calico('{tier: own, selector: all(), ingress: [{action: Pass}]}'),
  [],
);

test('who can reach whom is shown as not evaluated', t => {
  const policy = resolvePolicy();
  const text = pod + cilium(`{${web}, ${rules}}`);
  const stream = readStream(text, 'in.yaml');
  t.is(new StreamIndex(stream.resources).workloads.length, 1);
  const {before, after} = networkReport(stream, policy);
  for (const edges of [before, after]) {
    t.deepEqual(
      edges.filter(({to}) => to === 'Pod/shop/web').map(({from, why}) => [from, why[0]?.reason]),
      [
        [
          'whom the CiliumNetworkPolicy "own" admits',
          'the CiliumNetworkPolicy "own" governs ingress, and is not evaluated',
        ],
      ],
    );
  }
});

test('many policies that select many pods take no time', t => {
  const count = 3000;
  const stream = Array.from(
    {length: count},
    (_, at) =>
      pod.replace('name: web', `name: web${at}`) +
      cilium(`{${web}, ${rules}}`).replace('name: own', `name: own${at}`) +
      '---\n',
  ).join('');
  const started = performance.now();
  const {notes} = harden(stream, 'in', resolvePolicy());
  t.is(notes.filter(({rule}) => rule === 'require-network-policy').length, count);
  t.true(performance.now() - started < 30_000);
});
