import {cpSync, mkdtempSync, readFileSync, symlinkSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {execa} from 'execa';
import {resolvePolicy} from '../../src/config/resolve.ts';
import {harden} from '../../src/harden.ts';
import {charts, renderedFile} from '../fixtures/charts.ts';
import {executable} from '../tools/executable.ts';
import {repository, toolPath} from '../tools/tools.ts';
import {serialTestWithTools} from '../tools/with-tools.ts';
import type {ApiClient} from './api-client.ts';
import {clusterTest} from './cluster-test.ts';
import {controlPlaneOf, until} from './control-plane.ts';
import {createNamespace} from './judge.ts';
import {kubectl} from './kubectl.ts';
import {serveServiceMonitors} from './service-monitors.ts';

interface Workload {
  readonly metadata: {readonly name: string};
  readonly status?: {
    readonly replicas?: number;
    readonly conditions?: readonly {readonly message?: string}[];
  };
}

/** The Deployments and StatefulSets of a namespace. */
async function workloadsOf(api: ApiClient, namespace: string): Promise<readonly Workload[]> {
  const lists = await Promise.all(
    ['deployments', 'statefulsets'].map(kind =>
      api.demand<{items: readonly Workload[]}>(
        'GET',
        `/apis/apps/v1/namespaces/${namespace}/${kind}`,
      ),
    ),
  );
  return lists.flatMap(({items}) => items);
}

/**
 * Waits until the controllers have created pods for each workload, which have then been admitted.
 */
const untilPods = (api: ApiClient, namespace: string): Promise<readonly string[]> =>
  until(`pods in ${namespace}`, async () => {
    const workloads = await workloadsOf(api, namespace);
    const without = workloads.filter(({status}) => (status?.replicas ?? 0) === 0);
    if (without.length > 0) throw new Error(JSON.stringify(without));
    return workloads.map(({metadata}) => metadata.name);
  });

const apply = ['apply', '--validate=strict', '--namespace=demo', '-f', '-'];

for (const chart of charts) {
  clusterTest(
    `the pods of the chart ${chart}, hardened, are made where restricted is enforced`,
    async t => {
      const plane = await controlPlaneOf(t);
      await createNamespace(plane.api, 'demo', 'restricted');
      await serveServiceMonitors(plane.api);
      const policy = resolvePolicy({profiles: ['restricted'], undecided: 'fix'});
      const {text} = harden(readFileSync(renderedFile(chart), 'utf8'), chart, policy);
      const applied = await kubectl(plane, 'admin', apply, text);
      t.is(applied.exitCode, 0, applied.all);
      t.notRegex(applied.all, /would violate|unknown field|duplicate field/);
      const made = await untilPods(plane.api, 'demo');
      t.not(made.length, 0);
    },
  );
}

clusterTest('what runs unhardened, and is refused its pods, gets them by hardening', async t => {
  const plane = await controlPlaneOf(t);
  await createNamespace(plane.api, 'demo', 'restricted');
  const raw = readFileSync(renderedFile('unsafe'), 'utf8');
  const before = await kubectl(plane, 'admin', apply, raw);
  t.is(before.exitCode, 0, before.all);
  t.regex(before.all, /would violate PodSecurity "restricted:latest"/);
  await until('a refused pod', async () => {
    const workloads = await workloadsOf(plane.api, 'demo');
    if (!/violates PodSecurity/.test(JSON.stringify(workloads))) throw new Error('none refused');
  });

  const {text} = harden(raw, 'unsafe', resolvePolicy({profiles: ['restricted'], undecided: 'fix'}));
  const after = await kubectl(plane, 'admin', apply, text);
  t.is(after.exitCode, 0, after.all);
  t.not((await untilPods(plane.api, 'demo')).length, 0);
});

serialTestWithTools('control-plane', 'kustomize')(
  'the pods of what kustomize hardens are made where baseline is enforced',
  async t => {
    const kustomize = toolPath('kustomize');
    const plane = await controlPlaneOf(t);
    await createNamespace(plane.api, 'shop', 'baseline');
    const folder = path.join(mkdtempSync(path.join(tmpdir(), 'kube-harden-overlay-')), 'overlay');
    cpSync(path.join(repository, 'kustomize/overlay'), folder, {recursive: true});
    symlinkSync(executable, path.join(folder, 'kube-harden'));
    const build = ['build', '--enable-alpha-plugins', '--enable-exec', folder];
    const {stdout} = await execa(kustomize, build);
    const applied = await kubectl(
      plane,
      'admin',
      ['apply', '--validate=strict', '-f', '-'],
      stdout,
    );
    t.is(applied.exitCode, 0, applied.all);
    t.deepEqual(await untilPods(plane.api, 'shop'), ['web']);
  },
);
