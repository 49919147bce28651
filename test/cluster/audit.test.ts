import {mkdtempSync, readFileSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {execa} from 'execa';
import {commandOf} from '../tools/executable.ts';
import {putKubectl} from '../tools/programs.ts';
import {clusterTest} from './cluster-test.ts';
import {type ControlPlane, controlPlaneOf, type User, until} from './control-plane.ts';
import {kubectl} from './kubectl.ts';

const manifests = `
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
  annotations: {meta.helm.sh/release-name: web, meta.helm.sh/release-namespace: shop}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      hostNetwork: true
      containers: [{name: app, image: app, ports: [{containerPort: 80}]}]
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: shop}
spec:
  serviceName: db
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec: {containers: [{name: app, image: app, securityContext: {privileged: true}}]}
  volumeClaimTemplates:
    - metadata: {name: data}
      spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
apiVersion: batch/v1
kind: Job
metadata: {name: once, namespace: shop}
spec: {template: {spec: {restartPolicy: Never, containers: [{name: app, image: app}]}}}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: clean, namespace: shop}
spec:
  schedule: "0 0 1 1 *"
  jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: app, image: app}]}}}}
---
apiVersion: v1
kind: Pod
metadata: {name: bare, namespace: shop}
spec: {hostPID: true, containers: [{name: app, image: app}]}
---
apiVersion: v1
kind: Secret
metadata: {name: secret, namespace: shop}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: look}
rules:
  - apiGroups: ["", apps, batch]
    resources: [pods, deployments, replicasets, statefulsets, jobs, cronjobs]
    verbs: [list]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: look}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: look}
subjects: [{kind: User, name: developer}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: all}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
subjects: [{kind: Group, name: everyone}]
`;

/** A folder in which the real kubectl has its name. */
function folderWithKubectl(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'kube-harden-test-'));
  putKubectl(folder);
  return folder;
}

const audit = (kubeconfig: string, user: User, args: readonly string[] = []) => {
  const folder = folderWithKubectl();
  return execa(
    ...commandOf(['audit', '--cluster', '--format=json', `--context=${user}`, ...args]),
    {
      cwd: folder,
      env: {PATH: folder, HOME: folder, KUBECONFIG: kubeconfig},
      reject: false,
    },
  );
};

interface Found {
  readonly rule: string;
  readonly resource: {readonly kind: string; readonly namespace?: string; readonly name: string};
}

const titles = (stdout: string): readonly string[] => [
  ...new Set<string>(
    JSON.parse(stdout).findings.map(({resource: {kind, namespace = '-', name}}: Found) =>
      [kind, namespace, name].join('/'),
    ),
  ),
];

const untilThere = (plane: ControlPlane): Promise<void> =>
  until('the pods of all controllers', async () => {
    const {all} = await kubectl(plane, 'admin', ['get', 'pods', '-n', 'shop', '-o', 'name']);
    if (all.split('\n').length < 6) throw new Error(all);
  });

clusterTest('what runs is reported once, where a person would change it', async t => {
  const plane = await controlPlaneOf(t);
  const before = await audit(plane.kubeconfig, 'admin', ['--profile=strict']);
  const found = ['Namespace/-/default'];
  t.deepEqual(titles(before.stdout), found, 'nothing else is wrong with what every cluster has');

  const applied = await kubectl(plane, 'admin', ['apply', '-f', '-'], manifests);
  t.is(applied.exitCode, 0, applied.all);
  await untilThere(plane);
  const {stdout, stderr, exitCode} = await audit(plane.kubeconfig, 'admin');
  t.is(exitCode, 1, stderr);
  t.deepEqual([...titles(stdout)].sort(), [
    'ClusterRoleBinding/-/all',
    'CronJob/shop/clean',
    'Deployment/shop/web',
    'Job/shop/once',
    'Pod/shop/bare',
    'StatefulSet/shop/db',
  ]);
  const ofDeployment = JSON.parse(stdout).findings.filter(
    ({resource}: Found) => resource.name === 'web',
  );
  t.false(ofDeployment.some(({rule}: Found) => rule === 'no-host-port'));
  t.is(ofDeployment[0].source.manager, 'Helm release shop/web');

  const owned = await audit(plane.kubeconfig, 'admin', ['--namespace=shop']);
  t.deepEqual(
    [...titles(owned.stdout)].sort(),
    [...titles(stdout)].filter(title => title.includes('/shop/')).sort(),
  );
});

clusterTest('a reader with few rights is told what was not read', async t => {
  const plane = await controlPlaneOf(t);
  await kubectl(plane, 'admin', ['apply', '-f', '-'], manifests);
  await untilThere(plane);
  const {stdout, stderr, exitCode} = await audit(plane.kubeconfig, 'developer');
  t.is(exitCode, 2, stderr);
  t.true(titles(stdout).includes('Deployment/shop/web'));
  const {skipped} = JSON.parse(stdout);
  const kinds = skipped.map(({file}: {file: string}) => file.replace('cluster developer: ', ''));
  t.true(kinds.includes('clusterroles.rbac.authorization.k8s.io'));
  t.false(kinds.some((kind: string) => kind.startsWith('secrets')));
  t.false(stdout.includes('ReplicaSet'));
  t.is((await audit(plane.kubeconfig, 'developer', ['--allow-skipped'])).exitCode, 1);

  const nobody = await audit(plane.kubeconfig, 'operator');
  t.is(nobody.exitCode, 2);
  t.is(nobody.stdout, '');
  t.regex(nobody.stderr, /nothing could be read: forbidden: User "operator" cannot list resource/);
});

clusterTest('a cluster that does not answer is a clear error', async t => {
  const plane = await controlPlaneOf(t);
  const dead = path.join(folderWithKubectl(), 'config');
  const config = readFileSync(plane.kubeconfig, 'utf8');
  writeFileSync(dead, config.replace(/127\.0\.0\.1:\d+/, '127.0.0.1:9'));
  const refused = await audit(dead, 'admin');
  t.is(refused.exitCode, 2);
  t.is(refused.stdout, '');
  t.regex(
    refused.stderr,
    /^kube-harden: cluster admin: the cluster cannot be read: The connection to the server 127\.0\.0\.1:9 was refused/m,
  );
  const unknown = await audit(plane.kubeconfig, 'nobody' as User);
  t.is(unknown.exitCode, 2);
  t.regex(unknown.stderr, /context "nobody" does not exist/);
});
