import {setTimeout as sleep} from 'node:timers/promises';
import {execa} from 'execa';
import {chartFolder} from '../fixtures/charts.ts';
import {executable} from '../tools/executable.ts';
import {helm4WithPlugin} from '../tools/helm-4.ts';
import {toolPath} from '../tools/tools.ts';
import {serialTestWithTools} from '../tools/with-tools.ts';
import type {ApiClient} from './api-client.ts';
import {controlPlaneOf} from './control-plane.ts';
import {createNamespace} from './judge.ts';
import {serveServiceMonitors} from './service-monitors.ts';

const namespace = 'shop';

interface ObjectList {
  readonly items: readonly {
    readonly metadata: {
      readonly name: string;
      readonly annotations?: Record<string, string>;
      readonly ownerReferences?: readonly object[];
    };
    readonly spec?: {readonly restartPolicy?: string};
    readonly status?: {readonly phase?: string};
  }[];
}

/**
 * Names of what is in the namespace, below an API root such as `apps/v1/deployments`: no
 * hooks, and nothing that controllers make in their own time.
 */
async function namesOf(api: ApiClient, resource: string): Promise<readonly string[]> {
  const at = resource.lastIndexOf('/');
  const root = `${resource.startsWith('v1/') ? '/api' : '/apis'}/${resource.slice(0, at)}`;
  const {items} = await api.demand<ObjectList>(
    'GET',
    `${root}/namespaces/${namespace}/${resource.slice(at + 1)}`,
  );
  return items
    .filter(({metadata}) => metadata.annotations?.['helm.sh/hook'] === undefined)
    .filter(({metadata}) => metadata.ownerReferences === undefined)
    .map(({metadata}) => metadata.name)
    .sort();
}

/** The policies that kube-harden added to the release. The chart has its own one. */
const policiesOf = async (api: ApiClient): Promise<readonly string[]> =>
  (await namesOf(api, 'networking.k8s.io/v1/networkpolicies')).filter(isAdded);

const isAdded = (name: string): boolean => name.endsWith('-kube-harden');

const releasedKinds = [
  'networking.k8s.io/v1/networkpolicies',
  'networking.k8s.io/v1/ingresses',
  'apps/v1/deployments',
  'apps/v1/statefulsets',
  'batch/v1/cronjobs',
  'v1/services',
  'rbac.authorization.k8s.io/v1/roles',
];

/**
 * All objects of the kinds that the chart and kube-harden create, and the releases that Helm
 * stores.
 */
async function everything(api: ApiClient): Promise<readonly string[]> {
  const kinds = [...releasedKinds, 'batch/v1/jobs', 'v1/pods', 'v1/secrets'];
  const names = await Promise.all(
    kinds.map(async kind => (await namesOf(api, kind)).map(name => `${kind} ${name}`)),
  );
  return names.flat();
}

/** Simulates the kubelet: each pod that should end succeeds, until `signal` is aborted. */
async function letPodsSucceed(api: ApiClient, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const pods = `/api/v1/namespaces/${namespace}/pods`;
    const {items} = await api.demand<ObjectList>('GET', pods);
    for (const {metadata, spec, status} of items) {
      if (spec?.restartPolicy === 'Always' || status?.phase !== 'Pending') continue;
      await api.request('PATCH', `${pods}/${metadata.name}/status`, {status: {phase: 'Succeeded'}});
    }
    await sleep(200);
  }
}

/** The names of the policies in a manifest that kube-harden adds. */
const addedIn = (manifest: string): readonly string[] =>
  [...manifest.matchAll(/^kind: NetworkPolicy\nmetadata:\n {2}name: "?(.*-kube-harden)"?$/gm)]
    .map(([, name = '']) => name)
    .sort();

for (const name of ['helm3', 'helm4'] as const) {
  serialTestWithTools('control-plane', name)(
    `${name}: a release from its installation to its end`,
    async t => {
      const helm = toolPath(name);
      const plane = await controlPlaneOf(t);
      const {api, kubeconfig} = plane;
      await createNamespace(api, namespace, 'privileged');
      await serveServiceMonitors(api);
      const plugin = name === 'helm4' ? await helm4WithPlugin(helm, 'folder') : {};
      const run = async (...args: readonly string[]) => {
        const env = {...plugin, KUBECONFIG: kubeconfig};
        const options = {env, reject: false, all: true, timeout: 180_000} as const;
        return execa(helm, [...args, '--namespace', namespace], options);
      };
      const demand = async (...args: readonly string[]) => {
        const {exitCode, all, stdout} = await run(...args);
        if (exitCode !== 0) throw new Error(`helm ${args.join(' ')}: ${all}`);
        return stdout;
      };
      const postRenderer = name === 'helm4' ? 'kube-harden' : executable;
      const release = (verb: string, ...options: readonly string[]) => [
        verb,
        'shop',
        chartFolder('shop'),
        '--post-renderer',
        postRenderer,
        ...options.map(option => `--post-renderer-args=${option}`),
      ];
      const end = new AbortController();
      const kubelet = letPodsSucceed(api, end.signal);
      try {
        const untouched = await everything(api);
        const refused = await run(...release('install', '--profile=audit', '--block-on=low'));
        t.not(refused.exitCode, 0);
        t.regex(refused.all, /refused/);
        t.deepEqual(await everything(api), untouched);

        await demand(...release('install', '--fix-all'));
        const first = await demand('get', 'manifest', 'shop');
        const added = addedIn(first);
        t.true(added.includes('front-deployment-kube-harden'), added.join());
        t.deepEqual(await policiesOf(api), added);
        t.notRegex(first, /privileged: true/);

        await demand(...release('upgrade', '--fix-all'));
        t.is(await demand('get', 'manifest', 'shop'), first);
        await demand('test', 'shop');

        await demand(...release('upgrade', '--profile=baseline'));
        const second = await demand('get', 'manifest', 'shop');
        t.deepEqual(addedIn(second), []);
        t.deepEqual(await policiesOf(api), []);

        const before = {objects: await everything(api), history: await demand('history', 'shop')};
        const stopped = await run(...release('upgrade', '--profile=audit', '--block-on=low'));
        t.not(stopped.exitCode, 0);
        t.deepEqual(
          {objects: await everything(api), history: await demand('history', 'shop')},
          before,
        );

        await demand('rollback', 'shop', '1');
        t.is(await demand('get', 'manifest', 'shop'), first);
        t.deepEqual(await policiesOf(api), added);

        await demand('uninstall', 'shop', '--wait');
        for (const kind of releasedKinds) t.deepEqual(await namesOf(api, kind), [], kind);
      } finally {
        end.abort();
        await kubelet;
      }
    },
  );
}
