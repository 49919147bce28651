import {readFileSync} from 'node:fs';
import type {ExecutionContext} from 'ava';
import {execa} from 'execa';
import {commandOf} from '../tools/executable.ts';
import {clusterTest} from './cluster-test.ts';
import {type ControlPlane, controlPlaneOf, type User, until} from './control-plane.ts';
import {kubectl} from './kubectl.ts';

/** Applies the output of `kube-harden guard`, with an excluded group and custom text. */
async function applyGuard(t: ExecutionContext, plane: ControlPlane, args: readonly string[]) {
  const words = ['--exclude-group', 'operators', '--instead', 'ask in #platform'];
  const policies = await execa(...commandOf(['guard', '--exec', '--attach', ...words, ...args]));
  const applied = await kubectl(plane, 'admin', ['apply', '-f', '-'], policies.stdout);
  t.is(applied.exitCode, 0, applied.all);
  t.notRegex(applied.all, /warning/i);
}

/** Lets both groups do what their guard does not deny. */
async function grantAll({api}: ControlPlane): Promise<void> {
  for (const group of ['developers', 'operators']) {
    await api.demand('POST', '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: {name: group},
      roleRef: {apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin'},
      subjects: [{apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: group}],
    });
  }
}

/** A pod that counts as running, without a node. */
async function runPod({api}: ControlPlane): Promise<void> {
  await api.demand('POST', '/api/v1/namespaces/default/pods', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {name: 'web'},
    spec: {containers: [{name: 'web', image: 'example.com/web:1.0', stdin: true}]},
  });
  await api.demand('PATCH', '/api/v1/namespaces/default/pods/web/status', {
    status: {phase: 'Running'},
  });
}

const connections = {
  'port-forward': ['port-forward', 'pod/web', '0:80'],
  exec: ['exec', 'web', '--', 'true'],
  attach: ['attach', 'web'],
} as const;

clusterTest('kubectl connects no more, but for the excluded group', async t => {
  const plane = await controlPlaneOf(t);
  await grantAll(plane);
  await runPod(plane);
  const unguarded = await kubectl(plane, 'developer', connections.exec);
  t.regex(unguarded.all, passed);

  await applyGuard(t, plane, ['--profile=baseline']);
  for (const [verb, args] of Object.entries(connections)) {
    const denied = new RegExp(
      `'kube-harden-${verb}' denied request: ${verb} is not allowed here: ask in #platform \\(allowed to the groups operators\\)`,
    );
    await until(`a denied ${verb}`, async () => {
      const {all, exitCode} = await kubectl(plane, 'developer', args);
      if (exitCode === 0 || !denied.test(all)) throw new Error(all);
    });
    const operator = await kubectl(plane, 'operator', args);
    t.regex(operator.all, passed, verb);
    t.notRegex(operator.all, /denied request/, verb);
  }
  t.pass();
});

/** The request got past admission: to the search for a node, of which there are none. */
const passed = /does not have a host assigned/;

const privileged = (name: string, namespace: string) => `apiVersion: v1
kind: Pod
metadata: {name: ${name}, namespace: ${namespace}}
spec:
  containers:
    - name: app
      image: example.com/app:1.0
      securityContext: {privileged: true}
`;

const said = /no-privileged: Remove `privileged: true`, .* Found in containers: app/;

clusterTest('a pod that bypasses the pipeline is audited, warned about or denied', async t => {
  const plane = await controlPlaneOf(t);
  await grantAll(plane);
  await kubectl(plane, 'admin', ['create', 'namespace', 'audited']);
  const create = (user: User, name: string) =>
    kubectl(plane, user, ['create', '-f', '-'], privileged(name, 'audited'));
  let attempts = 0;
  const untilGuarded = (seen: (output: string, exitCode: number) => boolean) =>
    until('the guard', async () => {
      attempts += 1;
      const {all, exitCode} = await create('developer', `app-${attempts}`);
      if (!seen(all, exitCode)) throw new Error(all);
    });

  await applyGuard(t, plane, ['--profile=baseline', '--action=Audit']);
  await untilGuarded(() => said.test(readFileSync(plane.auditLog, 'utf8')));

  await applyGuard(t, plane, ['--profile=baseline', '--action=Warn']);
  await untilGuarded((output, exitCode) => exitCode === 0 && said.test(output));

  await applyGuard(t, plane, ['--profile=baseline', '--action=Deny']);
  await untilGuarded((output, exitCode) => exitCode !== 0 && said.test(output));
  const operator = await create('operator', 'excluded');
  t.is(operator.exitCode, 0, operator.all);
});

interface PolicyList {
  readonly items: readonly {
    readonly metadata: {readonly name: string; readonly generation: number};
    readonly status?: {
      readonly observedGeneration?: number;
      readonly typeChecking?: {readonly expressionWarnings?: readonly unknown[]};
    };
  }[];
}

const guards = [
  ['--profile=strict', '--proxy'],
  ['--profile=essential', '--action=Warn', '--flag-action=Deny'],
  ['--profile=restricted', '--pod-security-version=v1.18', '--action=Audit'],
];

clusterTest('the API server has no type-checking warning about any policy', async t => {
  const plane = await controlPlaneOf(t);
  for (const args of guards) {
    await applyGuard(t, plane, args);
    await warnsOfNothing(t, plane);
  }
});

async function warnsOfNothing(t: ExecutionContext, plane: ControlPlane): Promise<void> {
  const items = await until('checked policies', async () => {
    const list = await plane.api.demand<PolicyList>(
      'GET',
      '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies',
    );
    const isChecked = ({metadata, status}: PolicyList['items'][number]) =>
      status?.observedGeneration === metadata.generation && status.typeChecking !== undefined;
    const unchecked = list.items.filter(item => !isChecked(item));
    if (unchecked.length > 0) throw new Error(unchecked.map(item => item.metadata.name).join());
    return list.items;
  });
  t.true(items.length >= 8, `${items.length} policies`);
  for (const {metadata, status} of items) {
    t.deepEqual(status?.typeChecking?.expressionWarnings ?? [], [], metadata.name);
  }
}
