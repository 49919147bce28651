import test from 'ava';
import {resolvePolicy} from '../../../src/config/resolve.ts';
import {harden} from '../../../src/harden.ts';
import {rules} from '../../../src/rules/index.ts';
import {readStream} from '../../../src/stream/manifest-stream.ts';

const off = Object.fromEntries(rules.map(({id}) => [id, 'off'] as const));
const policy = resolvePolicy({rules: {...off, 'require-network-policy': 'fix'}});

/** The policies that are added to `stream`, exactly as in the output. */
const generates = test.macro((t, stream: string, expected: string) => {
  const {text} = harden(stream, 'in', policy);
  t.true(text.startsWith(stream));
  t.is(text.slice(stream.length), expected);
  t.is(harden(text, 'in', policy).text, text);
});

test(
  'a Deployment: every port by number, sidecars but no other init containers, labels of Helm',
  generates,
  `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
  labels:
    app: web
    helm.sh/chart: shop-1.0.0
    app.kubernetes.io/name: web
    app.kubernetes.io/instance: demo
    app.kubernetes.io/managed-by: Helm
spec:
  selector:
    matchExpressions: [{key: app, operator: In, values: [web, web-canary]}]
  template:
    metadata:
      labels: {app: web, tier: front}
    spec:
      initContainers:
        - {name: wait, ports: [{containerPort: 1}]}
        - {name: proxy, restartPolicy: Always, ports: [{containerPort: 15001}]}
      containers:
        - name: web
          ports:
            - {name: http, containerPort: 8080}
            - {containerPort: 9090}
            - {name: dns, containerPort: 53, protocol: UDP}
            - {containerPort: 3868, protocol: SCTP}
            - {name: http, containerPort: 8080, protocol: TCP}
`,
  `---
# Source: kube-harden/network-policy-web-deployment-kube-harden.yaml
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: web-deployment-kube-harden
  namespace: shop
  labels:
    helm.sh/chart: shop-1.0.0
    app.kubernetes.io/name: web
    app.kubernetes.io/instance: demo
    app.kubernetes.io/managed-by: Helm
spec:
  podSelector:
    matchExpressions:
    - key: app
      operator: In
      values:
      - web
      - web-canary
  policyTypes:
  - Ingress
  ingress:
  - from:
    - namespaceSelector: {}
    ports:
    - protocol: TCP
      port: 15001
    - protocol: TCP
      port: 8080
    - protocol: TCP
      port: 9090
    - protocol: UDP
      port: 53
    - protocol: SCTP
      port: 3868
`,
);

const added = (name: string, selector: string, annotations = '') => `---
# Source: kube-harden/network-policy-${name}.yaml
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: ${name}
${annotations}spec:
  podSelector:
    matchLabels:
      ${selector}
  policyTypes:
  - Ingress
`;

const job = (name: string, labels: string, annotations = '') => `---
apiVersion: batch/v1
kind: Job
metadata:
  name: ${name}
${annotations}spec:
  template:
    metadata: {${labels}}
    spec: {containers: [{name: a}]}
`;
const labelled = 'labels: {app: web}';

test(
  'a Job by the labels of its pods',
  generates,
  job('a', labelled),
  added('a-job-kube-harden', 'app: web'),
);
test(
  'a Job without labels by its name, never by an empty selector',
  generates,
  job('a', ''),
  added('a-job-kube-harden', 'batch.kubernetes.io/job-name: a'),
);
test(
  'Jobs whose labels their neighbours have too, by their names',
  generates,
  job('a', labelled) + job('b', labelled),
  added('a-job-kube-harden', 'batch.kubernetes.io/job-name: a') +
    added('b-job-kube-harden', 'batch.kubernetes.io/job-name: b'),
);
test(
  'a CronJob by the labels of its pods',
  generates,
  `apiVersion: batch/v1
kind: CronJob
metadata: {name: a}
spec: {jobTemplate: {spec: {template: {metadata: {labels: {app: a}}, spec: {containers: []}}}}}
`,
  added('a-cronjob-kube-harden', 'app: a'),
);
test(
  'a ReplicationController by its selector, which is a plain mapping',
  generates,
  `apiVersion: v1
kind: ReplicationController
metadata: {name: a}
spec: {selector: {app: a}, template: {metadata: {labels: {app: a, x: y}}, spec: {containers: []}}}
`,
  added('a-replicationcontroller-kube-harden', 'app: a'),
);
test(
  'a bare Pod by its labels',
  generates,
  `apiVersion: v1
kind: Pod
metadata: {name: a.b, labels: {app: a}}
spec: {containers: []}
`,
  added('a.b-pod-kube-harden', 'app: a'),
);
test(
  'a PodTemplate makes no pods',
  generates,
  `apiVersion: v1
kind: PodTemplate
metadata: {name: a}
template: {metadata: {labels: {app: a}}, spec: {containers: []}}
`,
  '',
);
test(
  'a policy of the old API group isolates nothing',
  generates,
  `${job('a', labelled)}---
apiVersion: extensions/v1beta1
kind: NetworkPolicy
metadata: {name: a}
spec: {podSelector: {}}
`,
  added('a-job-kube-harden', 'app: web'),
);
test(
  'a name that a policy of the stream has already',
  generates,
  `${job('a', labelled)}---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: a-job-kube-harden}
spec: {podSelector: {matchLabels: {app: b}}}
`,
  added('a-job-kube-harden-c4ddb1c9', 'app: web'),
);

const hooked = (hook: string, more = '') => `  annotations:
    helm.sh/hook: ${hook}
${more}`;
const companion = (hook: string, weight: string) =>
  hooked(
    hook,
    `    helm.sh/hook-weight: "${weight}"
    helm.sh/hook-delete-policy: "before-hook-creation,hook-succeeded"
`,
  );

test(
  'a hook that runs before the release gets a policy that is there before it',
  generates,
  job('a', labelled, hooked('pre-install')),
  added('a-job-kube-harden', 'app: web', companion('pre-install', '-1')),
);
test(
  'before a hook with a weight',
  generates,
  job('a', labelled, hooked('"post-install,pre-upgrade"', '    helm.sh/hook-weight: "5"\n')),
  added('a-job-kube-harden', 'app: web', companion('"post-install,pre-upgrade"', '4')),
);
for (const hook of ['test', 'post-install', 'pre-delete']) {
  test(
    `the policy of a ${hook} hook is of the release, which is there when the hook runs`,
    generates,
    job('a', labelled, hooked(hook)),
    added('a-job-kube-harden', 'app: web'),
  );
}

const argo = (hook: string, wave?: string) =>
  `  annotations:\n${hook === '' ? '' : `    argocd.argoproj.io/hook: ${hook}\n`}${wave === undefined ? '' : `    argocd.argoproj.io/sync-wave: "${wave}"\n`}`;
const kept = '    argocd.argoproj.io/hook-delete-policy: BeforeHookCreation\n';
for (const [hook, wave, expected] of [
  ['PreSync', undefined, argo('PreSync', '-1') + kept],
  ['"PreSync, PostSync"', '3', argo('"PreSync,PostSync"', '2') + kept],
  ['PostDelete', undefined, argo('PostDelete', '-1') + kept],
  ['SyncFail', undefined, argo('SyncFail', '-1') + kept],
  ['PostSync', undefined, ''],
  ['Sync', '-4', argo('', '-5')],
  ['', '-4', argo('', '-5')],
  ['', '4', ''],
] as const) {
  test(
    `Argo CD: ${hook} in wave ${wave}`,
    generates,
    job('a', labelled, argo(hook, wave)),
    added('a-job-kube-harden', 'app: web', expected),
  );
}

test('two workloads of one name in two namespaces keep it', t => {
  const pod = (namespace: string) =>
    `---
apiVersion: v1
kind: Pod
metadata: {name: a, namespace: ${namespace}, labels: {app: a}}
spec: {containers: []}
`;
  const {text} = harden(pod('one') + pod('two'), 'in', policy);
  t.is(text.match(/\n {2}name: a-pod-kube-harden\n/g)?.length, 2);
});

const podNamed = (name: string, labels = '{a: b}') =>
  `apiVersion: v1
kind: Pod
metadata: {name: ${name}, labels: ${labels}}
spec: {containers: [{name: a, ports: [{containerPort: 80}]}]}
`;

for (const name of [
  '"\\n{apiVersion: v1,kind: Pod,spec: {hostPID: y}}\\n---\\n#xxx"',
  '"a\\nb"',
  '"a\\rb: c"',
  '"a\\Nb: c"',
  '"a\\Lb: c"',
  '"--- #"',
  `"${'-'.repeat(999)}a"`,
]) {
  test(`no name of a workload gets out of a comment: ${name.slice(0, 60)}`, t => {
    const {text} = harden(podNamed(name), 'in', policy);
    const {resources} = readStream(text, 'out');
    t.deepEqual(
      resources.map(({kind}) => kind),
      ['Pod', 'NetworkPolicy'],
    );
    t.regex(resources[1]?.name ?? '', /^[a-z0-9](?:[a-z0-9.-]{0,61}[a-z0-9])?$/);
    t.deepEqual(Object.keys(resources[1]?.value ?? {}), ['apiVersion', 'kind', 'metadata', 'spec']);
    t.is(harden(text, 'in', policy).text, text);
  });
}

test('a label that no selector can name is none', t => {
  const stream = podNamed('a', '{app: {}, b: [c]}');
  const {text, findings} = harden(stream, 'in', policy);
  t.is(text, stream);
  t.like(findings, [{status: 'flagged', path: '/metadata/labels'}]);
});

test('many Services of the same pods are looked at once', t => {
  const count = 4000;
  const services = Array.from(
    {length: count},
    (_, index) =>
      `apiVersion: v1
kind: Service
metadata: {name: s${index}}
spec: {type: LoadBalancer, selector: {a: b}, ports: [{port: 80, targetPort: ${8000 + (index % 2)}}]}
`,
  );
  const pods = Array.from({length: count}, (_, index) => podNamed(`p${index}`));
  const {text} = harden([...services, ...pods].join('---\n'), 'in', policy);
  const {resources} = readStream(text, 'out');
  t.is(resources.length, 3 * count);
  t.like(resources.at(-1)?.value, {
    spec: {ingress: [{ports: [{port: 80}, {port: 8000}, {port: 8001}]}]},
  });
});
