import {mkdirSync, mkdtempSync, readFileSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {execa} from 'execa';
import {pathOfHelm, writeChart} from '../tools/charts.ts';
import {commandOf} from '../tools/executable.ts';
import {putKubectl} from '../tools/programs.ts';
import {repository, toolPath} from '../tools/tools.ts';
import {serialTestWithTools} from '../tools/with-tools.ts';
import {controlPlaneOf, until} from './control-plane.ts';
import {kubectl} from './kubectl.ts';

const namespace = '--namespace=kube-harden-fleet';
const index = 'batch.kubernetes.io/job-completion-index';

interface Container {
  readonly command?: readonly string[];
  readonly args: readonly string[];
  readonly env?: readonly {
    readonly name: string;
    readonly valueFrom?: {readonly fieldRef: {readonly fieldPath: string}};
  }[];
}

interface Pod {
  readonly metadata: {
    readonly name: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: {
    readonly containers: readonly Container[];
    readonly initContainers?: readonly Container[];
  };
}

const test = serialTestWithTools('control-plane', 'kustomize', 'helm4');

test('an Indexed Job audits a catalogue in shards, and another Job merges what it finds', async t => {
  const plane = await controlPlaneOf(t);
  const {stdout: built} = await execa(toolPath('kustomize'), [
    'build',
    path.join(repository, 'kustomize/fleet'),
  ]);
  const judged = await execa(...commandOf(['audit', '-', '--profile=strict', '--fail-on=medium']), {
    input: built,
    reject: false,
  });
  t.is(judged.exitCode, 0, judged.stdout);
  const ask = async (args: readonly string[], input = '') => {
    const {exitCode, all} = await kubectl(plane, 'admin', args, input);
    t.is(exitCode, 0, all);
    t.notRegex(all, /Warning|would violate/);
    return all;
  };
  await until('the namespace', () =>
    ask(['apply', '--server-side', '--validate=strict', '-f', '-'], built),
  );

  const folder = mkdtempSync(path.join(tmpdir(), 'kube-harden-test-'));
  for (const name of ['shards', 'reports', 'cache', 'charts']) mkdirSync(path.join(folder, name));
  for (const name of ['a', 'b', 'c', 'd', 'e']) writeChart(path.join(folder, 'charts'), name);
  putKubectl(folder);
  const policy = path.join(repository, 'kustomize/fleet/kube-harden.yaml');
  const env = {
    PATH: [folder, pathOfHelm('helm4'), '/usr/bin', '/bin'].join(path.delimiter),
    HOME: folder,
    XDG_CACHE_HOME: path.join(folder, 'cache'),
  };
  const local = (text: string) =>
    text
      .replace('/policy/kube-harden.yaml', policy)
      .replace(/(^|=)\/(shards|reports)/, `$1${folder}/$2`)
      .replace('--repo=https://charts.example.com', path.join(folder, 'charts'));
  /** Runs a container as the kubelet would: with its variables, and with those that its arguments name. */
  const run = ({args}: Container, variables: Readonly<Record<string, string>>) => {
    const words = args.map(arg => arg.replace(/\$\((\w+)\)/g, (_, name) => variables[name] ?? ''));
    return execa(...commandOf(words.map(local)), {
      cwd: folder,
      env: {...env, ...variables},
      extendEnv: false,
      reject: false,
    });
  };

  /** The pods of a Job, which the controller creates as others end: there is no kubelet, so the test says that they have. */
  const podsOf = async (job: string): Promise<readonly Pod[]> =>
    JSON.parse(await ask(['get', 'pods', namespace, `--selector=job-name=${job}`, '--output=json']))
      .items;
  const seen = new Map<string, Pod>();
  await until('the pods of all shards', async () => {
    for (const pod of await podsOf('kube-harden-audit')) {
      const {name} = pod.metadata;
      if (seen.has(name)) continue;
      const [container] = pod.spec.containers as [Container];
      const shard = pod.metadata.annotations?.[index] ?? '';
      const variable = container.env?.find(each => each.name === 'JOB_COMPLETION_INDEX');
      t.true(variable?.valueFrom?.fieldRef.fieldPath.includes(index));
      const {exitCode, stderr} = await run(container, {JOB_COMPLETION_INDEX: shard});
      t.is(exitCode, 0, stderr);
      seen.set(name, pod);
      const status = ['--subresource=status', '--type=merge', '--patch'];
      await ask(['patch', 'pod', name, namespace, ...status, '{"status": {"phase": "Succeeded"}}']);
    }
    if (seen.size < 8) throw new Error(`${seen.size} pods`);
  });

  const [merging] = (await podsOf('kube-harden-merge')) as [Pod];
  const token = ['create', 'token', 'kube-harden-merge', namespace];
  const config = JSON.parse(readFileSync(plane.kubeconfig, 'utf8'));
  config.users = [{name: 'job', user: {token: (await ask(token)).trim()}}];
  config.contexts = [
    {name: 'job', context: {cluster: 'test', user: 'job', namespace: 'kube-harden-fleet'}},
  ];
  config['current-context'] = 'job';
  const kubeconfig = path.join(folder, 'config');
  writeFileSync(kubeconfig, JSON.stringify(config));
  const [wait] = merging.spec.initContainers ?? [];
  t.deepEqual(wait?.command, ['kubectl']);
  const waited = await execa(path.join(folder, 'kubectl'), wait?.args ?? [], {
    env: {KUBECONFIG: kubeconfig},
    reject: false,
    all: true,
  });
  t.is(waited.exitCode, 0, waited.all);
  const merged = await run(merging.spec.containers[0] as Container, {});
  t.is(merged.exitCode, 0, merged.stderr);
  const whole = await execa(
    ...commandOf(['audit', path.join(folder, 'charts'), '--config', policy, '--format=json']),
    {cwd: folder, env, extendEnv: false, reject: false, stripFinalNewline: false},
  );
  t.is(readFileSync(path.join(folder, 'reports/report.json'), 'utf8'), whole.stdout);
  t.is(JSON.parse(whole.stdout).summary.resources, 5);

  const account = '--as=system:serviceaccount:kube-harden-fleet:kube-harden-merge';
  for (const right of ['get pods', 'list secrets', 'get jobs/other', 'delete jobs']) {
    const asked = ['auth', 'can-i', ...right.split(' '), namespace, account];
    t.regex((await kubectl(plane, 'admin', asked)).all, /^no/m, right);
  }
});
