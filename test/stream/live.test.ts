import test from 'ava';
import {resolvePolicy} from '../../src/config/resolve.ts';
import {auditStream} from '../../src/harden.ts';
import {liveObject, liveStream} from '../../src/stream/live.ts';
import {readStream} from '../../src/stream/manifest-stream.ts';

/** The objects in `yaml` as an API server returns them. */
const live = (yaml: string) =>
  liveStream(
    readStream(yaml, 'yaml').resources.map(({value}) => liveObject(value)),
    'cluster test',
  );

const strict = resolvePolicy({profiles: ['essential', 'baseline']});

const found = (yaml: string) =>
  auditStream(live(yaml), strict).findings.map(
    ({rule, resource, container, path}) =>
      `${resource.kind}/${resource.name} ${container ?? '-'} ${rule} ${path}`,
  );

const policy = `
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: all, namespace: shop}
spec: {podSelector: {}, policyTypes: [Ingress]}
`;

const deployment = (name = 'web', uid = 'd') => `
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, namespace: shop, uid: ${uid}}
spec:
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec:
      hostPID: true
      containers:
        - name: app
          image: example.com/app:1
          securityContext: {allowPrivilegeEscalation: false}
`;

const owner = (kind: string, uid: string) =>
  `{apiVersion: apps/v1, kind: ${kind}, name: x, uid: ${uid}, controller: true}`;

const replicaSet = (replicas = 2) => `
---
apiVersion: apps/v1
kind: ReplicaSet
metadata: {name: web-1, namespace: shop, uid: r${replicas}, ownerReferences: [${owner('Deployment', 'd')}]}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web, pod-template-hash: '1'}}
    spec:
      hostPID: true
      containers:
        - name: app
          image: example.com/app:1
          securityContext: {allowPrivilegeEscalation: false}
`;

const pod = (name: string, {of = 'r2', more = '', phase = 'Running', suffix = 'abcde'} = {}) => `
---
apiVersion: v1
kind: Pod
metadata: {name: ${name}, namespace: shop, uid: ${name}, labels: {app: web}, ownerReferences: [${owner('ReplicaSet', of)}]}
spec:
  hostPID: true
  nodeName: node-${name}
  serviceAccountName: default
  volumes: [{name: kube-api-access-${suffix}, projected: {sources: []}}]
  containers:
    - name: app
      image: example.com/app:1
      securityContext: {allowPrivilegeEscalation: false}
      volumeMounts: [{name: kube-api-access-${suffix}, mountPath: /var/run}]
${more}
status: {phase: ${phase}}
`;

test('what controllers make of a Deployment is reported once, on the Deployment', t => {
  const yaml = deployment() + replicaSet() + pod('a') + pod('b', {suffix: 'fghij'}) + policy;
  t.deepEqual(found(yaml), ['Deployment/web - no-host-pid /spec/template/spec/hostPID']);
  t.is(live(yaml).resources.length, 2);
  t.is(live(yaml).instances?.length, 2);
});

test('a policy with what an API server fills in, and with an owner, isolates', t => {
  const stored = policy.replace(
    'namespace: shop}',
    'namespace: shop, uid: p, resourceVersion: "7", generation: 1, creationTimestamp: "2026-01-01T00:00:00Z", ' +
      `managedFields: [{manager: a}], ownerReferences: [${owner('Deployment', 'd')}]}`,
  );
  const yaml = `${deployment()}${stored}status: {}\n`;
  t.deepEqual(found(yaml), ['Deployment/web - no-host-pid /spec/template/spec/hostPID']);
});

test('what only a pod has is reported on the pod, once for equal pods', t => {
  const more = '    - {name: mesh, image: mesh, securityContext: {privileged: true}}';
  const pods = ['a', 'b', 'c'].map(name => pod(name, {more})).join('');
  t.deepEqual(found(deployment() + replicaSet() + pods + policy), [
    'Deployment/web - no-host-pid /spec/template/spec/hostPID',
    'Pod/a mesh no-privileged /spec/containers/1/securityContext/privileged',
    'Pod/a mesh no-privilege-escalation /spec/containers/1/securityContext/allowPrivilegeEscalation',
  ]);
});

test('nobody hides a pod behind an owner that it claims', t => {
  const claim = pod('evil', {
    of: 'd',
    more: '    - {name: b, image: b, ports: [{containerPort: 1, hostPort: 2}]}',
  });
  t.true(
    found(deployment() + claim + policy).includes(
      'Pod/evil b no-host-port /spec/containers/1/ports/0/hostPort',
    ),
  );
});

test('objects that claim each other as their owner are all reported', t => {
  const circle = (name: string, uid: string, of: string) =>
    deployment(name, uid).replace(
      'namespace: shop',
      `namespace: shop, ownerReferences: [${owner('Deployment', of)}]`,
    );
  t.is(found(circle('a', 'u', 'v') + circle('b', 'v', 'u') + policy).length, 2);
  t.is(found(circle('a', 'u', 'u') + policy).length, 1);
});

test('what has ended is left out, if a controller made it', t => {
  t.deepEqual(found(pod('a', {phase: 'Succeeded'}) + policy), []);
  t.deepEqual(found(replicaSet(0) + policy), []);
  t.is(found(replicaSet(1) + policy).length, 1);
  const bare = pod('a', {phase: 'Failed'}).replace(/, ownerReferences: .*?\]/, '');
  t.is(found(bare + policy).length, 1);
});

test('of equal pods whose controller cannot be read, one is reported', t => {
  t.is(found(pod('a', {of: 'unread'}) + pod('b', {of: 'unread'}) + policy).length, 1);
  t.is(found(pod('a', {of: 'unread'}) + pod('b', {of: 'other'}) + policy).length, 2);
});

test('the pods of an operator are reported instead of the object that only describes them', t => {
  const prometheus = `
---
apiVersion: monitoring.coreos.com/v1
kind: Prometheus
metadata: {name: main, namespace: shop, uid: p}
spec: {hostNetwork: true}
`;
  const set = deployment('prometheus-main')
    .replace('kind: Deployment', 'kind: StatefulSet')
    .replace('namespace: shop', `namespace: shop, ownerReferences: [${owner('Prometheus', 'p')}]`);
  t.deepEqual(found(prometheus + set + policy), [
    'StatefulSet/prometheus-main - no-host-pid /spec/template/spec/hostPID',
  ]);
  t.true(found(prometheus + policy).some(text => text.includes('no-host-network')));
});

test('what Kubernetes fills in is no mistake of anybody', t => {
  const yaml = `
apiVersion: v1
kind: Pod
metadata: {name: a, namespace: shop}
spec:
  hostNetwork: true
  containers:
    - name: app
      image: a
      securityContext: {allowPrivilegeEscalation: false}
      ports: [{containerPort: 80, hostPort: 80}, {containerPort: 81, hostPort: 82}]
`;
  t.deepEqual(
    found(yaml).filter(text => text.includes('no-host-port')),
    ['Pod/a app no-host-port /spec/containers/0/ports/1/hostPort'],
  );
});

const defaults = (name: string, label: string, subjects = '') => `
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ${subjects === '' ? 'ClusterRole' : 'ClusterRoleBinding'}
metadata: {name: '${name}', labels: {kubernetes.io/bootstrapping: ${label}}}
${subjects === '' ? "rules: [{apiGroups: ['*'], resources: ['*'], verbs: ['*']}]" : `roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}\nsubjects: [{kind: Group, name: 'system:masters'}${subjects}]`}
`;

test('roles and bindings of every cluster are left out, and no others', t => {
  const count = (yaml: string) => live(yaml).resources.length;
  t.is(count(defaults('cluster-admin', 'rbac-defaults')), 0);
  t.is(count(defaults('system:controller:job-controller', 'rbac-defaults')), 0);
  t.is(count(defaults('cluster-admin', 'other')), 1);
  t.is(count(defaults('system:mine', 'rbac-defaults')), 1);
  t.is(count(defaults('cluster-admin', 'rbac-defaults', ' ')), 0);
  t.is(count(defaults('cluster-admin', 'rbac-defaults', ', {kind: User, name: eve}')), 1);
});

test('findings name the release or application, and the path instead of a line', t => {
  const helm = deployment().replace(
    'uid: d',
    'uid: d, annotations: {meta.helm.sh/release-name: web, meta.helm.sh/release-namespace: shop}',
  );
  const [finding] = auditStream(live(helm + policy), strict).findings;
  t.like(finding?.source, {file: 'cluster test', isLive: true, manager: 'Helm release shop/web'});
});

const managers = [
  ['annotations: {meta.helm.sh/release-name: web}', 'Helm release web'],
  [
    'annotations: {argocd.argoproj.io/tracking-id: "shop:apps/Deployment:shop/web"}',
    'Argo CD application shop',
  ],
  [
    'labels: {kustomize.toolkit.fluxcd.io/name: apps, kustomize.toolkit.fluxcd.io/namespace: flux}',
    'Flux Kustomization flux/apps',
  ],
  ['labels: {helm.toolkit.fluxcd.io/name: web}', 'Flux HelmRelease web'],
] as const;

for (const [marks, manager] of managers) {
  test(`an object can belong to: ${manager}`, t => {
    const yaml = deployment().replace('uid: d', `uid: d, ${marks}`);
    const [finding] = auditStream(live(yaml + policy), strict).findings;
    t.is(finding?.source.manager, manager);
  });
}

test('hostile objects are read as data', t => {
  const value = JSON.parse(
    '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a\\u001b[31m"},"data":{"__proto__":"x","constructor":"y"}}',
  );
  const {name, value: read} = liveObject(value);
  t.is(name, 'a\u001b[31m');
  t.deepEqual(JSON.stringify(read['data']), '{"__proto__":"x","constructor":"y"}');
  t.throws(() => liveObject(JSON.parse(`${'['.repeat(5000)}${']'.repeat(5000)}`)), {
    message: 'it is nested too deeply',
  });
  for (const each of [null, 1, 'a', [], {}, {kind: 'A'}, {kind: {}, apiVersion: 'v1'}]) {
    t.throws(() => liveObject(each), {name: 'ObjectError'});
  }
});
