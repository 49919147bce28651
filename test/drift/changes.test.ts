import {readFileSync} from 'node:fs';
import test from 'ava';
import {resolvePolicy} from '../../src/config/resolve.ts';
import {harden} from '../../src/harden.ts';
import {charts, renderedFile} from '../fixtures/charts.ts';
import {corpusFiles} from '../tools/corpus-files.ts';
import {changed, lockOf, release, replaced} from './release.ts';

/** The documents of the release, without that of a template. */
const without = (template: string): string =>
  release
    .split(/^---\n/m)
    .filter(text => text !== '' && !text.includes(template))
    .map(text => `---\n${text}`)
    .join('');

interface Case {
  readonly title: string;
  readonly before?: string;
  readonly after: string;
  readonly changes: readonly string[];
}

const digest = `@sha256:${'0'.repeat(64)}`;
const image = `registry.example.com/shop/web:1.0${digest}`;
const context = 'capabilities: {drop: [ALL]}';
const role = 'resources: [configmaps]\n    verbs: [get, list]';

const admin = `---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: admin}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
subjects: [{kind: ServiceAccount, name: admin, namespace: store}]
`;
const other = `---
apiVersion: apps/v1
kind: Deployment
metadata: {name: other}
spec:
  template:
    metadata: {labels: {app.kubernetes.io/name: other, app.kubernetes.io/instance: shop}}
    spec: {containers: []}
`;
const ingress = (service: string, name = 'inner') => `---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: a}
spec:
  ingressClassName: ${name}
  rules:
    - host: a.example
      http:
        paths: [{path: /in, pathType: Exact, backend: {service: {name: ${service}, port: {number: 80}}}}]
`;
const internal = '  annotations: {service.beta.kubernetes.io/aws-load-balancer-scheme: internal}\n';
const pod = (list: string) => `---
apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  ${list}: [{name: a, image: a, securityContext: {privileged: true}}]
`;
const clusterRole = (labels: string) => `---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: a, labels: ${labels}}
rules: [{apiGroups: [""], resources: [secrets], verbs: [get]}]
`;
const namespace = (level: string) => `---
apiVersion: v1
kind: Namespace
metadata: {name: store, labels: {pod-security.kubernetes.io/enforce: ${level}}}
`;
const webhook = (kind: string, failurePolicy: string) => `---
apiVersion: admissionregistration.k8s.io/v1
kind: ${kind}WebhookConfiguration
metadata: {name: a}
webhooks:
  - name: a.example.com
    failurePolicy: ${failurePolicy}
    clientConfig: {service: {namespace: guard, name: hook}}
    rules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [configmaps]}]
`;
const apiService = (name: string) => `---
apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: {name: v1.a.example}
spec: {group: a.example, version: v1, service: {namespace: guard, name: ${name}}}
`;

const cases: readonly Case[] = [
  {
    title: 'an upgrade adds privileges',
    after: replaced(
      replaced(release, context, 'capabilities: {drop: [ALL], add: [NET_ADMIN]}'),
      'serviceAccountName: shop-web\n',
      'serviceAccountName: shop-web\n      hostPID: true\n',
    ),
    changes: [
      'worse high Deployment/RELEASE privileges: capability NET_ADMIN in web',
      'worse high Deployment/RELEASE privileges: host PID namespace',
    ],
  },
  {
    title: 'a privilege is gone',
    before: replaced(release, 'readOnlyRootFilesystem: true', 'readOnlyRootFilesystem: false'),
    after: release,
    changes: ['better low Deployment/RELEASE privileges: writable root file system in web'],
  },
  {
    title: 'a Service becomes a LoadBalancer',
    after: replaced(release, 'type: ClusterIP', 'type: LoadBalancer'),
    changes: [
      'worse high Service/RELEASE exposure: load balancer 80/TCP',
      'worse high Service/RELEASE exposure: load balancer open to everyone',
    ],
  },
  {
    title: 'a Service becomes internal again',
    before: replaced(release, 'type: ClusterIP', 'type: NodePort'),
    after: release,
    changes: ['better high Service/RELEASE exposure: node port for 80/TCP'],
  },
  {
    title: 'a NetworkPolicy is deleted',
    after: without('network-policy.yaml'),
    changes: ['worse high Deployment/RELEASE reachableFrom: anywhere on every port'],
  },
  {
    title: 'a NetworkPolicy is added',
    before: without('network-policy.yaml'),
    after: release,
    changes: ['better high Deployment/RELEASE reachableFrom: anywhere on every port'],
  },
  {
    title: 'a NetworkPolicy admits another port',
    after: replaced(
      release,
      '- {protocol: TCP, port: 8080}\n',
      '- {protocol: TCP, port: 8080}\n        - {protocol: TCP, port: 9090}\n',
    ),
    changes: [
      'worse low Deployment/RELEASE reachableFrom: pods app.kubernetes.io/instance=RELEASE,app.kubernetes.io/name=front of the namespace on 8080, 9090',
    ],
  },
  {
    title: 'a workload is removed',
    before: `${release}---
apiVersion: apps/v1
kind: Deployment
metadata: {name: debug}
spec: {template: {spec: {hostPID: true, containers: []}}}
`,
    after: release,
    changes: ['better high Deployment/debug object: is gone'],
  },
  {
    title: 'a workload is added',
    after: `${release}---
apiVersion: batch/v1
kind: CronJob
metadata: {name: clean}
spec:
  jobTemplate:
    spec:
      template:
        metadata: {labels: {app: clean}}
        spec:
          hostPID: true
          automountServiceAccountToken: false
          serviceAccountName: clean
          securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
          containers: []
`,
    changes: [
      'worse high CronJob/clean reachableFrom: anywhere on every port',
      'worse high CronJob/clean privileges: host PID namespace',
      'worse low CronJob/clean connectsTo: anywhere on every port',
      'worse low CronJob/clean object: is new',
    ],
  },
  {
    title: 'an image comes from another registry',
    after: replaced(release, 'registry.example.com/', 'evil.example/'),
    changes: [
      `worse high Deployment/RELEASE images: another registry: web evil.example/shop/web:1.0${digest} (was ${image})`,
    ],
  },
  {
    title: 'a tag stands for another digest',
    after: replaced(release, '0'.repeat(64), '1'.repeat(64)),
    changes: [
      `worse high Deployment/RELEASE images: another digest of the same tag: web registry.example.com/shop/web:1.0@sha256:${'1'.repeat(64)} (was ${image})`,
    ],
  },
  {
    title: 'an image is upgraded',
    after: replaced(replaced(release, 'web:1.0@', 'web:1.1@'), '0'.repeat(64), '1'.repeat(64)),
    changes: [],
  },
  {
    title: 'an image is no longer pinned',
    after: replaced(release, digest, ''),
    changes: [
      `worse medium Deployment/RELEASE images: no longer pinned: web registry.example.com/shop/web:1.0 (was ${image})`,
    ],
  },
  {
    title: 'a role is widened',
    after: replaced(release, role, 'resources: [configmaps, secrets]\n    verbs: [get, list]'),
    changes: ['worse high Role/RELEASE grants: secrets [get, list]'],
  },
  {
    title: 'a role gets another verb',
    after: replaced(release, role, 'resources: [configmaps]\n    verbs: [get, list, delete]'),
    changes: ['worse low Role/RELEASE grants: configmaps [delete]'],
  },
  {
    title: 'a role is narrowed from everything',
    before: replaced(release, role, 'resources: ["*"]\n    verbs: ["*"]'),
    after: release,
    changes: ['better high Role/RELEASE grants: * [*]'],
  },
  {
    title: 'a role is bound to somebody else',
    after: replaced(
      release,
      '  - {kind: ServiceAccount, name: shop-web, namespace: store}\n',
      '  - {kind: ServiceAccount, name: shop-web, namespace: store}\n  - {kind: Group, name: system:masters, apiGroup: rbac.authorization.k8s.io}\n',
    ),
    changes: [
      'worse critical RoleBinding/RELEASE grants: Role/RELEASE-web to Group/system:masters',
    ],
  },
  {
    title: 'the pods run as another account, with a role of its own',
    before: `${release}${admin}`,
    after: replaced(
      `${release}${admin}`,
      'serviceAccountName: shop-web',
      'serviceAccountName: admin',
    ),
    changes: [
      'worse critical Deployment/RELEASE account: ServiceAccount/admin, which has ClusterRole/cluster-admin in the cluster',
      'better low Deployment/RELEASE account: ServiceAccount/RELEASE-web',
    ],
  },
  {
    title: 'the pods run as an account that is named like the release',
    after: replaced(release, 'serviceAccountName: shop-web', 'serviceAccountName: shop'),
    changes: [
      'worse low Deployment/RELEASE account: ServiceAccount/RELEASE',
      'worse low Deployment/RELEASE privileges: unused API token',
      'better low Deployment/RELEASE account: ServiceAccount/RELEASE-web',
    ],
  },
  {
    title: 'a Service leads to another workload',
    before: `${release}${other}`,
    after: replaced(
      `${release}${other}`,
      'selector: {app.kubernetes.io/name: web, ',
      'selector: {app.kubernetes.io/name: other, ',
    ),
    changes: [
      'worse low Service/RELEASE leadsTo: Deployment/other on http',
      'better low Service/RELEASE leadsTo: Deployment/RELEASE on http',
    ],
  },
  {
    title: 'an Ingress leads to another Service',
    before: `${release}${ingress('shop-web')}`,
    after: `${release}${ingress('admin')}`,
    changes: [
      'worse medium Ingress/a leadsTo: Service/admin for a.example/in on 80',
      'better medium Ingress/a leadsTo: Service/RELEASE-web for a.example/in on 80',
    ],
  },
  {
    title: 'an Ingress goes through another class',
    before: `${release}${ingress('a')}`,
    after: `${release}${ingress('a', 'outer')}`,
    changes: [
      'worse low Ingress/a exposure: through the class outer',
      'better low Ingress/a exposure: through the class inner',
    ],
  },
  {
    title: 'an internal load balancer becomes public',
    before: replaced(release, 'spec:\n  type: ClusterIP', `${internal}spec:\n  type: LoadBalancer`),
    after: replaced(release, 'type: ClusterIP', 'type: LoadBalancer'),
    changes: [
      'worse high Service/RELEASE exposure: load balancer open to everyone',
      'better medium Service/RELEASE exposure: load balancer open to everyone of the internal network',
    ],
  },
  {
    title: 'a role is aggregated',
    before: `${release}${clusterRole('{}')}`,
    after: `${release}${clusterRole('{rbac.authorization.k8s.io/aggregate-to-view: "true"}')}`,
    changes: ['worse high ClusterRole/a grants: its rights to ClusterRole/view'],
  },
  {
    title: 'Pod Security is lowered, and gone',
    before: `${release}${namespace('restricted')}`,
    after: `${release}${namespace('baseline')}`,
    changes: [
      'worse high Namespace/store admission: Pod Security enforce: baseline latest (was restricted latest)',
    ],
  },
  {
    title: 'Pod Security is gone',
    before: `${release}${namespace('baseline')}`,
    after: release,
    changes: [
      'worse high Namespace/store admission: no longer Pod Security enforce: baseline latest',
    ],
  },
  {
    title: 'Pod Security is raised',
    before: `${release}${namespace('privileged')}`,
    after: `${release}${namespace('restricted')}`,
    changes: [
      'better high Namespace/store admission: now Pod Security enforce: restricted latest (was privileged latest)',
    ],
  },
  {
    title: 'a webhook that checks is gone',
    before: `${release}${webhook('Validating', 'Fail')}`,
    after: release,
    changes: [
      'worse medium ValidatingWebhookConfiguration/a admission: no longer checked by Service/guard/hook: CREATE of configmaps, else Fail',
    ],
  },
  {
    title: 'a webhook that checks ignores failures',
    before: `${release}${webhook('Validating', 'Fail')}`,
    after: `${release}${webhook('Validating', 'Ignore')}`,
    changes: [
      'worse medium ValidatingWebhookConfiguration/a admission: no longer checked by Service/guard/hook: CREATE of configmaps, else Fail',
      'better medium ValidatingWebhookConfiguration/a admission: now checked by Service/guard/hook: CREATE of configmaps, else Ignore',
    ],
  },
  {
    title: 'a webhook that changes objects is new',
    after: `${release}${webhook('Mutating', 'Fail')}`,
    changes: [
      'worse low MutatingWebhookConfiguration/a admission: changed by Service/guard/hook: CREATE of configmaps, else Fail',
    ],
  },
  {
    title: 'another server answers',
    before: `${release}${apiService('metrics')}`,
    after: `${release}${apiService('other')}`,
    changes: [
      'worse low APIService/v1.a.example admission: answered by Service/guard/other',
      'better low APIService/v1.a.example admission: no longer answered by Service/guard/metrics',
    ],
  },
  {
    title: 'limits are removed',
    after: replaced(release, '{limits: {cpu: 100m, memory: 100Mi}}', '{}'),
    changes: [
      'worse low Deployment/RELEASE findings: require-limits web spec.template.spec.containers[web].resources.limits.cpu',
      'worse low Deployment/RELEASE findings: require-limits web spec.template.spec.containers[web].resources.limits.memory',
    ],
  },
];

/** Findings that no list tells come with most changes; a case names those that it is about. */
const isFact = (line: string): boolean => !line.includes(' findings: ');

for (const {title, before = release, after, changes} of cases) {
  test(title, t => {
    const found = changed(before, after);
    t.deepEqual(found.filter(isFact), changes.filter(isFact));
    for (const line of changes) t.true(found.includes(line), found.join('\n'));
  });
}

test('what got worse gets better the other way round', t => {
  const facts = (before: string, after: string) =>
    changed(before, after).filter(line => / (?:privileges|exposure|grants): /.test(line));
  for (const {before = release, after} of cases) {
    // A workload that is gone is told in one line.
    if (changed(before, after).some(line => / object: /.test(line))) continue;
    const back = facts(after, before).map(line =>
      line.replace(/^\w+/, direction => (direction === 'worse' ? 'better' : 'worse')),
    );
    t.deepEqual(back.toSorted(), facts(before, after).toSorted());
  }
});

test('a privileged init container becomes one that runs', t => {
  const privileges = (before: string, after: string) =>
    changed(pod(before), pod(after)).filter(line => line.includes('privileged'));
  t.deepEqual(privileges('initContainers', 'containers'), [
    'worse critical Pod/p privileges: privileged in a',
  ]);
  t.deepEqual(privileges('containers', 'initContainers'), [
    'better critical Pod/p privileges: privileged in a',
  ]);
});

test('an exception is added', t => {
  const after = replaced(release, 'serviceAccountName: shop-web\n', 'hostPID: true\n');
  const excepting = resolvePolicy({
    exceptions: [
      {rules: ['no-host-pid'], match: {kind: 'Deployment', name: 'shop-*'}, reason: 'a debugger'},
      {rules: ['no-host-ipc'], match: {}, reason: 'of no use here'},
    ],
  });
  t.deepEqual(changed(after, after, [resolvePolicy({}), excepting]), [
    'worse high - exceptions: no-host-pid for kind=Deployment, name=RELEASE-*',
  ]);
});

test('another name and namespace of the release, and moved lines, change no lock file', t => {
  const named = replaced(release, '- name: web\n', '- name: shop-web\n');
  const policed = replaced(
    named,
    '- podSelector: {matchLabels: {app.kubernetes.io/name: front',
    '- namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: store}}\n          podSelector: {matchLabels: {app.kubernetes.io/name: front',
  );
  const lock = lockOf(policed);
  t.regex(lock, /^ {2}Deployment\/RELEASE:$/m);
  t.notRegex(lock, /shop-web|store/);
  for (const [name, namespace] of [
    ['prod', 'prod'],
    ['team-1', 'apps'],
    ['web', 'web'],
  ] as const) {
    const renamed = replaced(
      replaced(policed, ': store', `: ${namespace}`),
      'shop-web',
      `${name}-web`,
    );
    const all = replaced(renamed, 'instance: shop', `instance: ${name}`);
    t.is(lockOf(all), lock, name);
  }
  const moved = policed
    .split(/^---\n/m)
    .filter(Boolean)
    .reverse()
    .join('---\n\n# moved\n');
  t.is(lockOf(moved), lock);
});

test('Helm leaves the name of the chart out of that of the release: this is the same', t => {
  const short = replaced(release, 'shop-web', 'web');
  t.is(
    lockOf(replaced(short, 'instance: shop', 'instance: web')).match(/^ {2}Deployment.*$/m)?.[0],
    '  Deployment/RELEASE:',
  );
});

const tool = `apiVersion: v1
kind: Pod
metadata: {name: tool, namespace: store, labels: {app: tool}}
spec:
  hostNetwork: true
  containers:
    - {name: tool, image: tool, ports: [{containerPort: 80, hostPort: 80}], volumeMounts: [{name: etc, mountPath: /e}]}
  volumes: [{name: etc, hostPath: {path: /etc}}]
`;

const livePod = `apiVersion: v1
kind: Pod
metadata:
  name: tool
  namespace: store
  uid: 0c1c3c4e-7d5b-4a51-9a0c-6f3c5a0e8b53
  resourceVersion: "123"
  creationTimestamp: "2030-01-01T00:00:00Z"
  labels: {app: tool, topology.kubernetes.io/zone: a}
  managedFields: [{manager: kubectl, operation: Update, apiVersion: v1, fieldsType: FieldsV1, fieldsV1: {}}]
spec:
  dnsPolicy: ClusterFirst
  enableServiceLinks: true
  hostNetwork: true
  nodeName: node-1
  preemptionPolicy: PreemptLowerPriority
  priority: 0
  restartPolicy: Always
  schedulerName: default-scheduler
  securityContext: {}
  serviceAccount: default
  serviceAccountName: default
  terminationGracePeriodSeconds: 30
  tolerations: [{effect: NoExecute, key: node.kubernetes.io/not-ready, operator: Exists, tolerationSeconds: 300}]
  containers:
    - name: tool
      image: tool
      imagePullPolicy: Always
      ports: [{containerPort: 80, hostPort: 80, protocol: TCP}]
      resources: {}
      terminationMessagePath: /dev/termination-log
      terminationMessagePolicy: File
      volumeMounts:
        - {name: etc, mountPath: /e}
        - {name: kube-api-access-x7k2p, mountPath: /var/run/secrets/kubernetes.io/serviceaccount, readOnly: true}
  volumes:
    - {name: etc, hostPath: {path: /etc, type: ""}}
    - name: kube-api-access-x7k2p
      projected:
        defaultMode: 420
        sources:
          - serviceAccountToken: {expirationSeconds: 3607, path: token}
          - configMap: {name: kube-root-ca.crt, items: [{key: ca.crt, path: ca.crt}]}
status:
  phase: Running
  conditions: [{type: Ready, status: "True"}]
  containerStatuses: [{name: tool, image: docker.io/library/tool:latest, ready: true}]
`;

test('what the API server and admission plugins fill in is no change', t => {
  t.deepEqual(changed(tool, livePod), []);
  t.is(lockOf(tool), lockOf(livePod));
});

test('many clients are one line, which one more does not change', t => {
  const client = (index: number) => `---
apiVersion: apps/v1
kind: Deployment
metadata: {name: front-${index}}
spec:
  template:
    metadata: {labels: {app.kubernetes.io/name: front, app.kubernetes.io/instance: shop}}
    spec: {containers: []}
`;
  const clients = (count: number) => Array.from({length: count}, (_, at) => client(at)).join('');
  const reach = (count: number) =>
    lockOf(`${release}${clients(count)}`).match(/^ +- .* on 8080 .*$/gm) ?? [];
  t.is(reach(20).length, 20);
  t.deepEqual(reach(21), ['      - more than 20 workloads on 8080 (low)']);
  t.deepEqual(reach(25), reach(21));
  t.deepEqual(reach(40), [
    '      - pods app.kubernetes.io/instance=RELEASE,app.kubernetes.io/name=front of the namespace on 8080 (low)',
  ]);
});

test('hardening makes nothing worse in any chart', t => {
  const policy = resolvePolicy({profiles: ['strict'], undecided: 'fix'});
  for (const file of [...charts.map(renderedFile), ...corpusFiles]) {
    const text = readFileSync(file, 'utf8');
    const changes = changed(text, harden(text, file, policy).text);
    t.deepEqual(
      changes.filter(line => line.startsWith('worse')),
      [],
      file,
    );
  }
});

const onNode = (host: string) => `apiVersion: v1
kind: Pod
metadata: {name: agent}
spec:
  ${host}
  containers: [{name: agent, image: "example.com/agent:1"}]
`;

test('what a rule asks for, now that the mistake that came first is mended, is neither worse nor better', t => {
  const away = changed(onNode('hostNetwork: true'), onNode('restartPolicy: Always'));
  t.deepEqual(
    away.filter(line => !line.startsWith('better')),
    [],
  );
  const back = changed(onNode('restartPolicy: Always'), onNode('hostNetwork: true'));
  t.deepEqual(
    back.filter(line => !line.startsWith('worse')),
    [],
  );
  const own = changed(onNode('hostUsers: false'), onNode('restartPolicy: Always'));
  t.true(own.some(line => line.includes('require-user-namespace')));
});

test('a change behind a text that is too long to be shown is told', t => {
  const names = Array.from({length: 40}, (_, at) => `configuration-${at}`).join(', ');
  const long = `resources: [configmaps]\n    resourceNames: [${names}]\n    verbs: [get]`;
  const before = replaced(release, role, long);
  const told = changed(before, replaced(before, 'verbs: [get]', 'verbs: [get, patch]'));
  const grants = told.filter(change => change.includes('Role/RELEASE grants'));
  t.is(grants.length, 2, told.join('\n'));
  t.true(grants.every(change => /… sha256:[\da-f]{32}$/.test(change)));
});

for (const [title, roles] of [
  [
    'every group, resource and verb',
    `---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: a}
rules: [{apiGroups: [${many('g', 400)}], resources: [${many('r', 400)}], verbs: [${many('v', 400)}]}]
`,
  ],
  [
    'the roles of every account',
    Array.from(
      {length: 1500},
      (_, at) => `---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: b${at}}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: r${at}}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: 'system:serviceaccounts'}]
---
apiVersion: v1
kind: Pod
metadata: {name: p${at}}
spec: {containers: [{name: a, image: a}]}
`,
    ).join(''),
  ],
] as const) {
  test(`what takes far more to say than the stream itself is refused: ${title}`, t => {
    const error = t.throws(() => lockOf(roles));
    t.regex(error?.message ?? '', /more than 30,000,000 characters/);
  });
}

function many(prefix: string, count: number): string {
  return Array.from({length: count}, (_, at) => `${prefix}${at}`).join(', ');
}
