import {mkdtempSync, readFileSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {execa} from 'execa';
import {chartFolder, charts, renderedFile} from '../fixtures/charts.ts';
import {commandOf} from '../tools/executable.ts';
import {putKubectl} from '../tools/programs.ts';
import {toolPath} from '../tools/tools.ts';
import {serialTestWithTools} from '../tools/with-tools.ts';
import type {ApiClient} from './api-client.ts';
import {clusterTest} from './cluster-test.ts';
import {type ControlPlane, controlPlaneOf, until} from './control-plane.ts';
import {createNamespace} from './judge.ts';
import {kubectl} from './kubectl.ts';
import {serveServiceMonitors} from './service-monitors.ts';

/** A folder in which the real kubectl has its name. */
function folderWithKubectl(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'kube-harden-drift-'));
  putKubectl(folder);
  return folder;
}

/** Waits until controllers have reacted to all workloads of a namespace. */
const untilObserved = (api: ApiClient, namespace: string): Promise<void> =>
  until(`pods in ${namespace}`, async () => {
    for (const kind of ['deployments', 'statefulsets', 'daemonsets']) {
      const {items} = await api.demand<{
        items: readonly {
          metadata: {readonly generation: number};
          status?: {readonly observedGeneration?: number};
        }[];
      }>('GET', `/apis/apps/v1/namespaces/${namespace}/${kind}`);
      const late = items.filter(
        ({metadata, status}) => status?.observedGeneration !== metadata.generation,
      );
      if (late.length > 0) throw new Error(JSON.stringify(late));
    }
  });

/** Runs kube-harden in `cwd`, which has the tools in it. */
const caller =
  (cwd: string, {kubeconfig}: ControlPlane) =>
  (...args: readonly string[]) =>
    execa(...commandOf(args), {
      cwd,
      env: {PATH: cwd, HOME: cwd, KUBECONFIG: kubeconfig},
      reject: false,
    });

/** The rendered chart, for another namespace. */
const renderedFor = (chart: string, namespace: string): string =>
  readFileSync(renderedFile(chart), 'utf8').replaceAll(
    'namespace: demo',
    `namespace: ${namespace}`,
  );

clusterTest('what was just applied has not changed', async t => {
  const plane = await controlPlaneOf(t);
  await serveServiceMonitors(plane.api);
  const cwd = folderWithKubectl();
  const call = caller(cwd, plane);
  for (const chart of charts) {
    const namespace = `of-${chart}`;
    await createNamespace(plane.api, namespace, 'privileged');
    const apply = ['apply', '--validate=strict', '--namespace', namespace, '-f', '-'];
    const manifests = renderedFor(chart, namespace);
    const file = `${chart}.yaml`;
    writeFileSync(path.join(cwd, file), manifests);
    const applied = await kubectl(plane, 'admin', apply, manifests);
    t.is(applied.exitCode, 0, applied.all);
    await untilObserved(plane.api, namespace);
    const lock = `${chart}.lock`;
    const made = await call('baseline', renderedFile(chart), '-o', lock);
    t.is(made.exitCode, 0, made.stderr);
    const live = ['diff', '--cluster', '-n', namespace, '--against'];
    for (const against of [lock, path.join(cwd, file)]) {
      const {stdout, stderr, exitCode} = await call(...live, against);
      t.is(exitCode, 0, stdout + stderr);
      t.is(stdout, '0 worse, 0 better', chart);
    }
  }
});

/** What somebody changes in the cluster, by the arguments of kubectl, and what is told about it. */
const edits: readonly (readonly [args: readonly string[], told: readonly string[]])[] = [
  [
    ['set', 'image', 'deployment/front', 'front=elsewhere.example/front:2.3.0'],
    ['worse high Deployment/front images'],
  ],
  [
    [
      'patch',
      'deployment/cart',
      '--type=json',
      '--patch=[{"op": "add", "path": "/spec/template/spec/hostPID", "value": true}]',
    ],
    ['worse high Deployment/cart privileges'],
  ],
  [
    ['patch', 'service/front', '--patch={"spec": {"type": "NodePort"}}'],
    ['worse high Service/front exposure'],
  ],
  [['delete', 'deployment/mailer'], ['better high Deployment/mailer object']],
  [
    ['create', 'deployment', 'miner', '--image=miner'],
    ['worse low Deployment/miner object', 'worse high Deployment/miner reachableFrom'],
  ],
  [
    ['create', 'rolebinding', 'all', '--clusterrole=cluster-admin', '--user=a'],
    ['worse high RoleBinding/all grants'],
  ],
  [['scale', 'deployment/catalog', '--replicas=3'], []],
];

clusterTest('what was edited by hand is told', async t => {
  const plane = await controlPlaneOf(t);
  await serveServiceMonitors(plane.api);
  const cwd = folderWithKubectl();
  const call = caller(cwd, plane);
  await createNamespace(plane.api, 'demo', 'privileged');
  const edit = async (args: readonly string[], input = '') => {
    const {exitCode, all} = await kubectl(plane, 'admin', ['--namespace=demo', ...args], input);
    t.is(exitCode, 0, all);
  };
  await edit(['apply', '-f', '-'], readFileSync(renderedFile('shop'), 'utf8'));
  await call('baseline', '--cluster', '-n', 'demo', '-o', 'kube-harden.lock');
  const told = async () => {
    const {stdout, stderr} = await call('diff', '--cluster', '-n', 'demo', '--format=json');
    t.is(stderr, '');
    const {changes} = JSON.parse(stdout);
    return changes.map(
      ({direction, severity, object, about}: Record<string, string>) =>
        `${direction} ${severity} ${object} ${about}`,
    );
  };
  t.deepEqual(await told(), []);
  for (const [args, expected] of edits) {
    await edit(args);
    const lines = await told();
    for (const line of expected) t.true(lines.includes(line), `${line}: ${lines.join('\n')}`);
    if (expected.length === 0) t.deepEqual(lines, []);
    const accepted = await call('diff', '--cluster', '-n', 'demo', '--update');
    t.is(accepted.exitCode, 0, accepted.stderr);
  }
  const empty = await call('diff', '--cluster', '-n', 'nowhere');
  t.is(empty.exitCode, 2);
  t.is(empty.stdout, '');
  t.regex(empty.stderr, /there is nothing in the namespace "nowhere"/);
});

for (const helm of ['helm3', 'helm4'] as const) {
  serialTestWithTools('control-plane', helm)(
    `${helm}: an installed release is compared with its chart, and what runs with both`,
    async t => {
      const plane = await controlPlaneOf(t);
      await serveServiceMonitors(plane.api);
      await createNamespace(plane.api, 'team', 'privileged');
      const cwd = folderWithKubectl();
      symlinkSync(toolPath(helm), path.join(cwd, 'helm'));
      const call = caller(cwd, plane);
      const install = ['install', 'prod', chartFolder('shop'), '--namespace=team', '--no-hooks'];
      await execa(toolPath(helm), install, {env: {KUBECONFIG: plane.kubeconfig}});
      t.is((await call('baseline', chartFolder('shop'), '-o', 'kube-harden.lock')).exitCode, 0);
      for (const running of [['--release=prod'], ['--cluster']]) {
        const {stdout, stderr} = await call('diff', ...running, '-n', 'team');
        t.is(stdout, '0 worse, 0 better', stderr);
      }
      const installed = await call('baseline', '--release=prod', '--namespace=team');
      t.regex(installed.stdout, /^ {2}Deployment\/front:$/m);
      const none = await call('diff', '--release=nowhere', '-n', 'team');
      t.is(none.exitCode, 2);
      t.regex(none.stderr, /release nowhere: helm could not read the release: .*not found/);
    },
  );
}
