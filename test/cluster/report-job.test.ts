import {copyFileSync, cpSync, mkdtempSync, readFileSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import type {ExecutionContext} from 'ava';
import {execa} from 'execa';
import {asList, asMap, type Json, textOf, valueAt} from '../../src/json.ts';
import {readStream} from '../../src/stream/manifest-stream.ts';
import {crdFiles} from '../tools/crds.ts';
import {commandOf} from '../tools/executable.ts';
import {putKubectl} from '../tools/programs.ts';
import {repository, toolPath} from '../tools/tools.ts';
import {serialTestWithCrds} from '../tools/with-tools.ts';
import {type ControlPlane, controlPlaneOf, until} from './control-plane.ts';
import {kubectl} from './kubectl.ts';

const test = serialTestWithCrds(['openreports'], 'control-plane', 'kustomize');

const unsafe = `
apiVersion: v1
kind: Pod
metadata: {name: bare, namespace: shop}
spec: {hostNetwork: true, containers: [{name: a, image: a}]}
`;

/** The manifests of the reports, with the part that flags drift. */
async function builtManifests(lock: string): Promise<string> {
  const folder = mkdtempSync(path.join(tmpdir(), 'kube-harden-test-'));
  for (const name of ['reports', 'reports-drift']) {
    cpSync(path.join(repository, 'kustomize', name), path.join(folder, name), {recursive: true});
  }
  writeFileSync(path.join(folder, 'reports-drift/kube-harden.lock'), lock);
  const file = path.join(folder, 'reports/kustomization.yaml');
  writeFileSync(file, `${readFileSync(file, 'utf8')}components: [../reports-drift]\n`);
  const {stdout} = await execa(toolPath('kustomize'), ['build', path.dirname(file)]);
  return stdout;
}

interface Step {
  readonly name: string;
  readonly command: readonly string[];
  readonly args: readonly string[];
}

/** The containers of the CronJob, in the order in which they run. */
function stepsIn(manifests: string): ReadonlyMap<string, Step> {
  const job = readStream(manifests, 'built').resources.find(({kind}) => kind === 'CronJob');
  const pod = valueAt(job?.value, ['spec', 'jobTemplate', 'spec', 'template', 'spec']);
  const texts = (list: Json | undefined) => asList(list).map(item => textOf(item));
  const steps = ['initContainers', 'containers'].flatMap(list =>
    asList(valueAt(pod, [list])).map(item => {
      const {name, command, args} = asMap(item) ?? {};
      return {name: textOf(name), command: texts(command), args: texts(args)};
    }),
  );
  return new Map(steps.map(step => [step.name, step]));
}

/** What runs the steps as the account of the CronJob does: with its token, and nothing else. */
async function runnerFor(plane: ControlPlane) {
  const folder = mkdtempSync(path.join(tmpdir(), 'kube-harden-test-'));
  const asked = ['create', 'token', 'kube-harden', '--namespace=kube-harden'];
  const {all: token} = await kubectl(plane, 'admin', asked);
  const config = JSON.parse(readFileSync(plane.kubeconfig, 'utf8'));
  config.users = [{name: 'job', user: {token: token.trim()}}];
  config.contexts = [{name: 'job', context: {cluster: 'test', user: 'job'}}];
  config['current-context'] = 'job';
  const kubeconfig = path.join(folder, 'config');
  writeFileSync(kubeconfig, JSON.stringify(config));
  putKubectl(folder);
  const policy = path.join(repository, 'kustomize/reports/kube-harden.yaml');
  copyFileSync(policy, path.join(folder, 'kube-harden.yaml'));
  const env = {PATH: folder, HOME: folder, KUBECONFIG: kubeconfig};
  const run = ({command, args}: Step, id: string) => {
    const real = args.map(arg =>
      arg.replace(/\/(?:policy|reports|lock)\//, `${folder}/`).replace('$(RUN)', id),
    );
    const [file, words] =
      command[0] === 'kubectl' ? [path.join(folder, 'kubectl'), real] : commandOf(real);
    return execa(file, words, {cwd: folder, env, reject: false, all: true});
  };
  return {run};
}

async function names(plane: ControlPlane): Promise<readonly string[]> {
  const kinds = 'reports.openreports.io,clusterreports.openreports.io';
  const {all} = await kubectl(plane, 'admin', ['get', kinds, '--all-namespaces', '-o', 'json']);
  return JSON.parse(all)
    .items.map(
      ({kind, metadata}: {kind: string; metadata: {namespace?: string}}) =>
        `${kind}/${metadata.namespace ?? '-'}`,
    )
    .sort();
}

async function demand(
  t: ExecutionContext,
  plane: ControlPlane,
  args: readonly string[],
  input = '',
): Promise<void> {
  const {exitCode, all} = await kubectl(plane, 'admin', args, input);
  t.is(exitCode, 0, all);
  t.notRegex(all, /Warning|would violate/);
}

test('the CronJob is accepted, clean by its own rules, and its account can do its work', async t => {
  const plane = await controlPlaneOf(t);
  for (const file of crdFiles('openreports')) {
    await demand(t, plane, ['create', '-f', '-'], readFileSync(file, 'utf8'));
  }
  const built = await builtManifests('');
  // Nodes whose runtime has no user namespaces do not start pods that ask for one.
  const strict = ['--profile=strict', '--fail-on=low', '--skip-rule=require-user-namespace'];
  const judged = await execa(...commandOf(['audit', '-', ...strict]), {
    input: built,
    reject: false,
  });
  t.is(judged.exitCode, 0, judged.stdout);
  await until('the kinds of reports', () =>
    demand(t, plane, ['apply', '--server-side', '--validate=strict', '-f', '-'], built),
  );
  await demand(t, plane, ['create', 'namespace', 'shop']);
  const steps = stepsIn(built);
  t.deepEqual([...steps.keys()].sort(), ['apply', 'audit', 'drift', 'prune']);
  const {run} = await runnerFor(plane);
  const succeed = async (name: string, id: string) => {
    const {exitCode, all} = await run(steps.get(name) as Step, id);
    t.is(exitCode, 0, `${name}: ${all}`);
  };

  const baseline = {
    name: '',
    command: [],
    args: ['baseline', '--cluster', '-o', '/lock/kube-harden.lock'],
  };
  const recorded = await run(baseline, '');
  t.is(recorded.exitCode, 0, recorded.all);
  await demand(t, plane, ['apply', '-f', '-'], unsafe);
  for (const name of ['audit', 'apply', 'prune']) await succeed(name, 'one');
  t.deepEqual(await names(plane), ['ClusterReport/-', 'Report/shop']);
  const drift = await run(steps.get('drift') as Step, 'one');
  t.is(drift.exitCode, 1, drift.all);
  t.regex(drift.stdout, /hostNetwork|host network/i);

  await demand(t, plane, ['delete', 'pod', 'bare', '--namespace=shop', '--now']);
  for (const name of ['audit', 'apply', 'prune', 'drift']) await succeed(name, 'two');
  t.deepEqual(await names(plane), ['ClusterReport/-']);

  for (const right of ['list secrets', 'create pods', 'delete deployments', 'get nodes']) {
    const account = '--as=system:serviceaccount:kube-harden:kube-harden';
    const asked = ['auth', 'can-i', ...right.split(' '), account, '--all-namespaces'];
    t.regex((await kubectl(plane, 'admin', asked)).all, /^no/m, right);
  }
});
