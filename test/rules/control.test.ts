import test from 'ava';
import {resolvePolicy} from '../../src/config/resolve.ts';
import {harden} from '../../src/harden.ts';
import {findRule, rules} from '../../src/rules/index.ts';

/** The findings of one rule in a stream: one line each, with the severity where it matters. */
const flags = test.macro((t, rule: string, text: string, expected: readonly string[]) => {
  t.truthy(findRule(rule));
  const only = Object.fromEntries(rules.map(({id}) => [id, id === rule ? 'flag' : 'off'] as const));
  const {findings} = harden(text, 'in', resolvePolicy({rules: only}));
  t.deepEqual(
    findings.map(({severity, path}) => `${severity} ${path}`),
    expected,
  );
});

const object = (apiVersion: string, kind: string, more: string) =>
  `apiVersion: ${apiVersion}
kind: ${kind}
metadata: {generateName: a-}
${more}
`;
const rbac = 'rbac.authorization.k8s.io';
const role = (grant: string, kind = 'ClusterRole', apiVersion = `${rbac}/v1`) =>
  object(apiVersion, kind, `rules:\n- ${grant}`);
const binding = (name: string, kind = 'ClusterRole') =>
  object(
    `${rbac}/v1beta1`,
    'ClusterRoleBinding',
    `roleRef: {kind: ${kind}, name: ${name}}\nsubjects: []`,
  );
const aggregated = (selector: string) =>
  object(`${rbac}/v1`, 'ClusterRole', `aggregationRule: {clusterRoleSelectors: [${selector}]}`);
const pod = (spec: string) => object('v1', 'Pod', `spec: ${spec}`);
const image = (name: string) => pod(`{containers: [{name: a, image: "${name}"}]}`);

const secrets = '{apiGroups: [""], resources: [secrets], verbs: [list]';
for (const apiVersion of [
  `${rbac}/v1`,
  `${rbac}/v1beta1`,
  `${rbac}/v1alpha1`,
  'authorization.openshift.io/v1',
]) {
  test(
    `all secrets, by a Role of ${apiVersion}`,
    flags,
    'no-secret-listing',
    role(`${secrets}}`, 'Role', apiVersion),
    ['high /rules/0/resources/0'],
  );
}
test('secrets by name', flags, 'no-secret-listing', role(`${secrets}, resourceNames: [a]}`), []);
test('secrets by no name', flags, 'no-secret-listing', role(`${secrets}, resourceNames: []}`), [
  'high /rules/0/resources/0',
]);
test(
  'secrets of another group',
  flags,
  'no-secret-listing',
  role('{apiGroups: [x.io], resources: [secrets], verbs: [list]}'),
  [],
);
test(
  'a role of another group',
  flags,
  'no-secret-listing',
  role(`${secrets}}`, 'Role', 'x.io/v1'),
  [],
);
test(
  'roles in a list',
  flags,
  'no-secret-listing',
  `apiVersion: v1
kind: List
items:
- kind: ClusterRole
  apiVersion: ${rbac}/v1
  rules: [${secrets}}]
`,
  ['high /rules/0/resources/0'],
);

test('an aggregation of everything', flags, 'no-port-forward', aggregated('{}'), [
  'medium /aggregationRule/clusterRoleSelectors/0',
]);
test(
  'an aggregation of edit',
  flags,
  'no-port-forward',
  aggregated('{matchLabels: {rbac.authorization.k8s.io/aggregate-to-edit: "true"}}'),
  ['medium /aggregationRule/clusterRoleSelectors/0'],
);
test(
  'an aggregation of admin, which holds edit',
  flags,
  'no-port-forward',
  aggregated('{matchLabels: {rbac.authorization.k8s.io/aggregate-to-admin: "true"}}'),
  ['medium /aggregationRule/clusterRoleSelectors/0'],
);
test(
  'an aggregation of view',
  flags,
  'no-port-forward',
  aggregated('{matchLabels: {rbac.authorization.k8s.io/aggregate-to-view: "true"}}'),
  [],
);

const escalation = 'no-escalation-verbs';
test(
  'scopes of users',
  flags,
  escalation,
  role(
    '{apiGroups: [authentication.k8s.io], resources: [userextras/scopes], verbs: [impersonate]}',
  ),
  ['high /rules/0/verbs/0'],
);
test(
  'bind on another kind',
  flags,
  escalation,
  role('{apiGroups: [x.io], resources: [things], verbs: [bind]}'),
  [],
);
test(
  'a subresource of everything',
  flags,
  escalation,
  role('{apiGroups: [""], resources: ["*/token"], verbs: [create]}'),
  ['high /rules/0/verbs/0'],
);
test(
  'its own webhook',
  flags,
  escalation,
  role(
    '{apiGroups: [admissionregistration.k8s.io], resources: [mutatingwebhookconfigurations], verbs: [patch], resourceNames: [a]}',
  ),
  [],
);

test('cluster-admin, in an old version', flags, 'no-cluster-admin', binding('cluster-admin'), [
  'critical /roleRef/name',
]);
const builtIn = '{matchLabels: {kubernetes.io/bootstrapping: rbac-defaults}}';
for (const [title, selector, expected] of [
  ['all built-in roles', builtIn, true],
  ['everything', '{}', true],
  ['what is not edit', '{matchExpressions: [{key: a, operator: NotIn, values: [b]}]}', true],
  ['edit', '{matchLabels: {rbac.authorization.k8s.io/aggregate-to-edit: "true"}}', false],
  ['its own roles', '{matchLabels: {example.com/aggregate: "true"}}', false],
] as const) {
  test(
    `a wildcard by an aggregation of ${title}`,
    flags,
    'no-wildcard-rbac',
    aggregated(selector),
    expected ? ['high /aggregationRule/clusterRoleSelectors/0'] : [],
  );
}
const named = (name: string, selector: string, label = '') =>
  aggregated(selector).replace('generateName: a-', `name: ${name}, labels: {${label}}`);
const own = '{matchLabels: {part: one}}';
for (const [title, roles, expected] of [
  ['all built-in roles', [named('all', builtIn)], ['critical /roleRef/name']],
  [
    'others that do',
    [named('all', own), named('b', '{}', 'part: one')],
    ['critical /roleRef/name'],
  ],
  ['itself by others', [named('all', own, 'part: one'), named('b', own, 'part: one')], []],
  ['other roles', [named('all', own), named('b', builtIn, 'part: two')], []],
  ['nothing, beside one that does', [named('b', builtIn)], []],
] as const) {
  test(
    `a role that aggregates ${title}`,
    flags,
    'no-cluster-admin',
    [...roles, binding('all')].join('---\n'),
    expected,
  );
}
test(
  'a Role with the name of one that aggregates all',
  flags,
  'no-cluster-admin',
  `${named('all', builtIn)}---\n${binding('all', 'Role')}`,
  [],
);
const every = 'apiGroups: ["*"], resources: ["*"], verbs: ["*"]';
const granting = (name: string, grant: string, kind = 'ClusterRole', labels = '') =>
  object(`${rbac}/v1`, kind, `rules:\n- {${grant}}`).replace(
    '{generateName: a-}',
    `{name: ${name}, labels: {${labels}}}`,
  );
const toRole = (kind: string, name: string, role = 'ClusterRole', namespace = 'a') =>
  object(`${rbac}/v1`, kind, `roleRef: {kind: ${role}, name: ${name}}\nsubjects: []`).replace(
    '{generateName: a-}',
    `{name: b, namespace: ${namespace}}`,
  );
for (const [title, objects, expected] of [
  [
    'that grants every right',
    [granting('all', every), toRole('ClusterRoleBinding', 'all')],
    ['critical /roleRef/name'],
  ],
  [
    'that grants every right, after the binding',
    [toRole('ClusterRoleBinding', 'all'), granting('all', every)],
    ['critical /roleRef/name'],
  ],
  [
    'that grants every right, in a namespace',
    [granting('all', every), toRole('RoleBinding', 'all')],
    ['high /roleRef/name'],
  ],
  [
    'that aggregates one that grants every right',
    [
      granting('all', every, 'ClusterRole', 'part: one'),
      named('some', own),
      toRole('ClusterRoleBinding', 'some'),
    ],
    ['critical /roleRef/name'],
  ],
  [
    'of its namespace that grants every right',
    [granting('all', every, 'Role'), toRole('RoleBinding', 'all', 'Role')],
    ['high /roleRef/name'],
  ],
  [
    'of another namespace that grants every right',
    [
      granting('all', every, 'Role').replace('labels', 'namespace: b, labels'),
      toRole('RoleBinding', 'all', 'Role'),
    ],
    [],
  ],
  [
    'that grants every right on named objects',
    [granting('all', `${every}, resourceNames: [a]`), toRole('ClusterRoleBinding', 'all')],
    [],
  ],
  [
    'that grants every right in a group',
    [granting('all', every.replace('"*"', 'example.com')), toRole('ClusterRoleBinding', 'all')],
    [],
  ],
  [
    'of the other kind that grants every right',
    [granting('all', every), toRole('RoleBinding', 'all', 'Role')],
    [],
  ],
] as const) {
  test(`a binding to a role ${title}`, flags, 'no-cluster-admin', objects.join('---\n'), expected);
}
test('a role of that name', flags, 'no-cluster-admin', binding('cluster-admin', 'Role'), []);
test(
  'a kind that is a prototype’s key',
  flags,
  'no-cluster-admin',
  object(
    `${rbac}/v1`,
    'RoleBinding',
    'roleRef: {kind: Role, name: a}\nsubjects: [{kind: __proto__, name: constructor}]',
  ),
  [],
);

for (const [apiVersion, kind, isPublic] of [
  ['networking.k8s.io/v1', 'Ingress', true],
  ['networking.k8s.io/v1beta1', 'Ingress', true],
  ['extensions/v1beta1', 'Ingress', true],
  ['gateway.networking.k8s.io/v1', 'Gateway', true],
  ['gateway.networking.k8s.io/v1', 'GRPCRoute', true],
  ['gateway.networking.k8s.io/v1alpha2', 'TLSRoute', true],
  ['gateway.networking.k8s.io/v1', 'GatewayClass', false],
  ['route.openshift.io/v1', 'Route', true],
  ['v1', 'Route', true],
  ['serving.knative.dev/v1', 'Route', false],
  ['networking.k8s.io/v1', 'IngressClass', false],
] as const) {
  test(
    `${apiVersion} ${kind} is ${isPublic ? '' : 'not '}public`,
    flags,
    'no-public-ingress',
    object(apiVersion, kind, 'spec: {}'),
    isPublic ? ['medium /kind'] : [],
  );
}

const ingress = (spec: string) => object('networking.k8s.io/v1', 'Ingress', `spec: ${spec}`);
const tls = 'ingress-requires-tls';
test(
  'an item of tls without hosts',
  flags,
  tls,
  ingress('{tls: [{secretName: a}], rules: [{host: a.b}]}'),
  [],
);
test(
  'a wildcard covers one label',
  flags,
  tls,
  ingress('{tls: [{hosts: ["*.a.b"]}], rules: [{host: x.a.b}, {host: y.x.a.b}, {host: "*.a.b"}]}'),
  ['medium /spec/rules/1/host'],
);
test('a rule without a host', flags, tls, ingress('{rules: [{http: {}}]}'), [
  'medium /spec/rules/0',
]);
test('no rule at all', flags, tls, ingress('{defaultBackend: {}}'), ['medium /spec/tls']);

for (const [name, expected] of [
  ['a', ['medium /spec/containers/0/image']],
  ['r:5000/a', ['medium /spec/containers/0/image']],
  ['r:5000/a:latest', ['medium /spec/containers/0/image']],
  ['r:5000/a:1.0', ['low /spec/containers/0/image']],
  [`a:1.0@sha256:${'0'.repeat(64)}`, []],
  ['a@sha256:0', ['low /spec/containers/0/image']],
] as const) {
  test(`the image ${name}`, flags, 'pin-images', image(name), expected);
}

test(
  'the old name of the account',
  flags,
  'no-default-service-account',
  pod('{serviceAccount: a, containers: []}'),
  [],
);
test(
  'the account default, by name',
  flags,
  'no-default-service-account',
  pod('{serviceAccountName: default, containers: []}'),
  ['medium /spec/serviceAccountName'],
);
test(
  'a namespace that starts like it',
  flags,
  'no-default-namespace',
  `kind: Pod
apiVersion: v1
metadata: {namespace: defaults}
`,
  [],
);
test(
  'an ephemeral container has no limits',
  flags,
  'require-limits',
  pod('{ephemeralContainers: [{name: a}]}'),
  [],
);

const token = 'no-automounted-token';
const bound = (subject: string, namespace = '') =>
  `---
apiVersion: ${rbac}/v1
kind: RoleBinding
metadata: {name: b${namespace}}
roleRef: {kind: Role, name: a}
subjects: [${subject}]
`;
const mounting = ['low /spec/automountServiceAccountToken'];
const podAs = (account: string, namespace = '') =>
  `apiVersion: v1
kind: Pod
metadata: {name: a${namespace}}
spec: {serviceAccountName: ${account}, containers: []}
`;
const inShop = ', namespace: shop';
for (const [title, subject, isBound] of [
  ['an account of the release', '{kind: ServiceAccount, name: a}', true],
  ['an account of the namespace', '{kind: ServiceAccount, name: a, namespace: shop}', true],
  ['an account of another namespace', '{kind: ServiceAccount, name: a, namespace: other}', false],
  ['another account', '{kind: ServiceAccount, name: b}', false],
  ['a user of that name', '{kind: User, name: a}', false],
  ['an account by its user name', '{kind: User, name: "system:serviceaccount:shop:a"}', true],
  ['all accounts', '{kind: Group, name: "system:serviceaccounts"}', true],
  ['all accounts of the namespace', '{kind: Group, name: "system:serviceaccounts:shop"}', true],
  ['all accounts of another', '{kind: Group, name: "system:serviceaccounts:other"}', false],
] as const) {
  test(
    `a token, where a binding names ${title}`,
    flags,
    token,
    podAs('a', inShop) + bound(subject),
    isBound ? [] : mounting,
  );
}
test(
  'a token of the release’s namespace',
  flags,
  token,
  podAs('a') + bound('{kind: ServiceAccount, name: a, namespace: shop}'),
  [],
);
test(
  'an account that keeps its token',
  flags,
  token,
  `${podAs('a')}---
apiVersion: v1
kind: ServiceAccount
metadata: {name: a}
automountServiceAccountToken: false
`,
  [],
);
test(
  'an account that keeps its token, in another namespace',
  flags,
  token,
  `${podAs('a', inShop)}---
apiVersion: v1
kind: ServiceAccount
metadata: {name: a, namespace: other}
automountServiceAccountToken: false
`,
  mounting,
);
test(
  'an account that keeps its token, where only the pod names its namespace',
  flags,
  token,
  `${podAs('a', inShop)}---
apiVersion: v1
kind: ServiceAccount
metadata: {name: a}
automountServiceAccountToken: false
`,
  [],
);
test(
  'the account default',
  flags,
  token,
  `${pod('{containers: []}')}${bound('{kind: ServiceAccount, name: default}')}`,
  [],
);

for (const [title, text, paths] of [
  ['a boolean as a text', pod('{hostPID: "true"}'), ['/spec/hostPID']],
  [
    'a boolean as a number',
    pod('{containers: [{securityContext: {privileged: 1}}]}'),
    ['/spec/containers/0/securityContext/privileged'],
  ],
  [
    'a port as a text',
    pod('{containers: [{ports: [{containerPort: "80"}]}]}'),
    ['/spec/containers/0/ports/0/containerPort'],
  ],
  [
    'a port that is none',
    pod('{containers: [{ports: [{hostPort: 80.5}]}]}'),
    ['/spec/containers/0/ports/0/hostPort'],
  ],
  ['another case', pod('{hostnetwork: true}'), ['/spec/hostnetwork']],
  ['a field of no version', pod('{hostNetworks: true}'), ['/spec/hostNetworks']],
  ['a field of a former version', object('v1', 'Service', 'spec: {topologyKeys: [a]}'), []],
  [
    'a field of an old version of a kind',
    object(
      'autoscaling/v2',
      'HorizontalPodAutoscaler',
      'spec: {targetCPUUtilizationPercentage: 50}',
    ),
    ['/spec/targetCPUUtilizationPercentage'],
  ],
  ['nothing', pod('{hostNetwork: null, containers: null, securityContext: ~}'), []],
  ['containers as a mapping', pod('{containers: {a: {}}}'), ['/spec/containers']],
  [
    'a capability alone',
    pod('{containers: [{securityContext: {capabilities: {add: SYS_ADMIN}}}]}'),
    ['/spec/containers/0/securityContext/capabilities/add'],
  ],
  [
    'a number as a label',
    object('v1', 'ConfigMap', 'data: {}').replace('{gen', '{labels: {a: 1}, gen'),
    ['/metadata/labels/a'],
  ],
  [
    'a key of a prototype',
    pod('{__proto__: {}, constructor: 1}'),
    ['/spec/__proto__', '/spec/constructor'],
  ],
  ['a key twice', pod('{hostPID: true, hostPID: false}'), ['/spec/hostPID']],
  [
    'a key twice, in a list of objects',
    `apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: A}
- apiVersion: v1
  kind: B
  a: 1
  a: 2
`,
    ['/a'],
  ],
  [
    'items that are no list',
    `apiVersion: v1
kind: List
items: {a: {kind: Pod, spec: {hostNetwork: true}}}
`,
    ['/items'],
  ],
  [
    'items that are null',
    `apiVersion: v1
kind: List
items: null
`,
    [],
  ],
  ['a pod whose spec is a list', object('v1', 'Pod', 'spec: [{hostNetwork: true}]'), ['/spec']],
  [
    'containers that are no list',
    object('v1', 'Pod', 'spec: {containers: {name: a}}'),
    ['/spec/containers'],
  ],
  [
    'a template that is a text',
    object('apps/v1', 'Deployment', 'spec: {template: "spec"}'),
    ['/spec/template'],
  ],
  [
    'a workload whose spec is a text, on the way to several templates',
    object('ray.io/v1', 'RayCluster', 'spec: "a"'),
    ['/spec'],
  ],
  [
    'one template of several',
    object('batch.volcano.sh/v1alpha1', 'Job', 'spec: {tasks: [{template: {spec: 1}}, {}, a]}'),
    ['/spec/tasks/0/template/spec', '/spec/tasks/2'],
  ],
  ['no spec', object('v1', 'Pod', 'spec: null'), []],
  [
    'settings of an operator',
    object('monitoring.coreos.com/v1', 'Prometheus', 'spec: {containers: {}}'),
    [],
  ],
] as const) {
  test(
    `readable: ${title}`,
    flags,
    'readable',
    text,
    paths.map(path => `medium ${path}`),
  );
}

const podSpec = '{containers: [{name: a, image: b}]}';
for (const [title, apiVersion, more, paths] of [
  ['a template', 'example.com/v1', `spec: {template: {spec: ${podSpec}}}`, ['/spec/template/spec']],
  [
    'several, each place once',
    'example.com/v1',
    `spec: {groups: [{a: {spec: ${podSpec}}}, {a: {spec: ${podSpec}}, pod: ${podSpec}}]}`,
    ['/spec/groups/0/a/spec', '/spec/groups/1/pod'],
  ],
  ['the spec itself', 'example.com/v1', `spec: ${podSpec}`, ['/spec']],
  ['a group of Kubernetes', 'apps/v1', `data: {spec: {template: {spec: ${podSpec}}}}`, []],
  [
    'a schema with an example',
    'apiextensions.k8s.io/v1',
    `spec: {versions: [{schema: {example: {spec: ${podSpec}}}}]}`,
    [],
  ],
  ['no containers', 'example.com/v1', 'spec: {containers: []}', []],
  [
    'a request about containers',
    'apps.kruise.io/v1beta1',
    'spec: {podName: a, containers: [{name: a, ports: [{containerPort: 80}]}]}',
    [],
  ],
  ['names of containers', 'example.com/v1', 'spec: {containers: [a, b]}', []],
  [
    'figures of containers',
    'example.com/v1',
    'spec: {containers: [{name: a, usage: {cpu: 1}}]}',
    [],
  ],
  [
    'a pattern of a policy',
    'kyverno.io/v1',
    'spec: {rules: [{validate: {pattern: {spec: {containers: [{name: "*", image: "*:*"}]}}}}]}',
    [],
  ],
] as const) {
  test(
    `known-workloads: ${title}`,
    flags,
    'known-workloads',
    object(apiVersion, 'Fleet', more),
    paths.map(path => `low ${path}`),
  );
}

const persistent = (source: string, apiVersion = 'v1') =>
  object(apiVersion, 'PersistentVolume', `spec: {${source}}`);
for (const [source, expected] of [
  ['hostPath: {path: /}', ['high /spec/hostPath/path']],
  ['hostPath: {path: /data/../etc/kubernetes}', ['high /spec/hostPath/path']],
  ['local: {path: /var/run}', ['high /spec/local/path']],
  ['local: {path: /mnt/disks/a}', []],
  ['nfs: {path: /etc, server: a}', []],
  ['hostPath: null', []],
] as const) {
  test(
    `a PersistentVolume of ${source}`,
    flags,
    'no-sensitive-host-path',
    persistent(source),
    expected,
  );
}
test(
  'a PersistentVolume of another group',
  flags,
  'no-sensitive-host-path',
  persistent('hostPath: {path: /}', 'x.io/v1'),
  [],
);
