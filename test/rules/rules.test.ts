import test from 'ava';
import {rules} from '../../src/rules/index.ts';
import {fixes, pod} from './fixes.ts';

const service = (spec: string) =>
  `apiVersion: v1
kind: Service
metadata: {name: a}
spec:
${spec}`;
const role = (rules: string) =>
  `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: a}
${rules}`;

test(
  'host PID',
  fixes,
  'no-host-pid',
  pod('  hostPID: on\n  containers: []\n'),
  pod('  containers: []\n'),
  ['fixed /spec/hostPID'],
);
test(
  'host IPC',
  fixes,
  'no-host-ipc',
  pod('  hostIPC: true\n  containers: []\n'),
  pod('  containers: []\n'),
  ['fixed /spec/hostIPC'],
);
test('no host IPC', fixes, 'no-host-ipc', pod('  hostIPC: false\n'), pod('  hostIPC: false\n'), []);

test(
  'a load balancer, with what only it may have',
  fixes,
  'no-load-balancer',
  service(
    `  type: LoadBalancer
  loadBalancerIP: 10.0.0.1
  externalTrafficPolicy: Local
  ports:
    - port: 80
      nodePort: 30080
    - port: 443
`,
  ),
  service(`  type: ClusterIP
  ports:
    - port: 80
    - port: 443
`),
  ['fixed /spec/type'],
);
test(
  'a node port',
  fixes,
  'no-node-port',
  service('  type: "NodePort"\n  ports: [{port: 80, nodePort: 30080}]\n'),
  service('  type: ClusterIP\n  ports: [{port: 80}]\n'),
  ['fixed /spec/type'],
);
test(
  'external addresses',
  fixes,
  'no-external-ips',
  service(`  externalIPs:
  - 1.2.3.4
  ports: []
`),
  service('  ports: []\n'),
  ['fixed /spec/externalIPs'],
);

test(
  'a grant of port-forward among others',
  fixes,
  'no-port-forward',
  role(
    `rules:
- apiGroups: [""]
  resources: [pods, pods/portforward]
  verbs: [get, create]
`,
  ),
  role(`rules:
- apiGroups: [""]
  resources: [pods]
  verbs: [get, create]
`),
  ['fixed /rules/0/resources/1'],
);
test(
  'a rule that grants nothing else goes',
  fixes,
  'no-port-forward',
  role(
    `rules:
- apiGroups: [""]
  resources:
  - pods/portforward
  verbs: ["*"]
- apiGroups: [""]
  resources: [pods]
  verbs: [get]
`,
  ),
  role(`rules:
- apiGroups: [""]
  resources: [pods]
  verbs: [get]
`),
  ['fixed /rules/0/resources/0'],
);
for (const wildcard of ['*', '*/portforward']) {
  const text = role(`rules:
- apiGroups: ["*"]
  resources: ["${wildcard}"]
  verbs: ["*"]
`);
  test(`the grant ${wildcard} is flagged`, fixes, 'no-port-forward', text, text, [
    'flagged /rules/0/resources/0',
  ]);
}
const harmless = role(
  `rules:
- apiGroups: [""]
  resources: [pods/portforward]
  verbs: [list]
`,
);
const subresources = role(`rules:
- apiGroups: [""]
  resources: [pods/*]
  verbs: [create]
`);
test(
  'what RBAC does not know as a wildcard',
  fixes,
  'no-port-forward',
  subresources,
  subresources,
  [],
);
test('a verb that forwards nothing', fixes, 'no-port-forward', harmless, harmless, []);

const mounting = (path: string, more = '') =>
  pod(
    `  volumes:
  - name: v
    hostPath:
      path: ${path}
  containers:
  - name: a
    volumeMounts:
    - name: v
      mountPath: /v
${more}`,
  );
for (const path of [
  '/',
  '/etc',
  '/etc/kubernetes/',
  '/var/run/../../etc',
  '//proc',
  '/var',
  '/home/x',
  '/var/lib/kubelet/pods',
  '/proc/1/root/opt',
  'C:\\\\Windows\\\\System32',
  'd:/ProgramData/docker',
]) {
  test(
    `the folder ${path} is mounted read-only`,
    fixes,
    'no-sensitive-host-path',
    mounting(path),
    mounting(path, '      readOnly: true\n'),
    ['flagged /spec/volumes/0/hostPath/path', 'fixed /spec/containers/0/volumeMounts/0/readOnly'],
  );
}
for (const path of ['/data', '/etcetera', '/opt/run']) {
  test(
    `the folder ${path} is not sensitive`,
    fixes,
    'no-sensitive-host-path',
    mounting(path),
    mounting(path),
    [],
  );
}
for (const path of [
  '/var/run/docker.sock',
  '/run',
  '/var/run',
  '/',
  '/run/containerd',
  '/run/crio/crio.sock',
  '/run/user/1000/podman/podman.sock',
  '/opt/docker/docker.sock',
  '"\\\\\\\\.\\\\pipe\\\\docker_engine"',
]) {
  test(
    `the runtime is reached by ${path}`,
    fixes,
    'no-runtime-socket',
    mounting(path),
    pod('  containers:\n  - name: a\n'),
    ['fixed /spec/volumes/0/hostPath/path'],
  );
}
test(
  'no runtime in /var/log',
  fixes,
  'no-runtime-socket',
  mounting('/var/log'),
  mounting('/var/log'),
  [],
);

test('the ids of src/rules/index.ts are told apart', t => {
  t.is(new Set(rules.map(({id}) => id)).size, rules.length);
});
for (const {id, title, rationale, rewrite} of rules) {
  test(`${id}: src/rules/${id}.ts says what it is`, t => {
    t.regex(id, /^[a-z]+(?:-[a-z]+)*$/, '`id` must be words of small letters, joined by hyphens');
    t.true(title.length > 10, '`title` must be a sentence: what must hold');
    t.true(rationale.length > 40, '`rationale` must be a sentence: why an attacker cares');
    if (rewrite !== undefined) t.true(rewrite.does.length > 5, '`rewrite.does` must be a sentence');
  });
}
