import {readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import {execa} from 'execa';
import {parse, parseAllDocuments} from 'yaml';
import {chartFolder} from '../fixtures/charts.ts';
import type {ToolName} from '../tools/catalog.ts';
import {bundle} from '../tools/executable.ts';
import {toolPath} from '../tools/tools.ts';
import {testWithTools} from '../tools/with-tools.ts';
import {copied, recipe, scratch, withPrograms} from './programs.ts';

interface Plugin {
  readonly kind: string;
  readonly metadata: {readonly name: string};
  readonly spec: {
    readonly generate: {readonly command: readonly string[]; readonly args: readonly string[]};
  };
}

const plugin = parse(readFileSync(recipe('argocd/plugin/plugin.yaml'), 'utf8')) as Plugin;

const policies = {
  refusing: recipe('argocd/plugin/kube-harden.yaml'),
  lenient: path.join(copied({}), 'lenient.yaml'),
};
writeFileSync(policies.lenient, 'profile: essential\n');

interface Given {
  readonly helm?: ToolName;
  readonly policy?: keyof typeof policies;
  readonly env?: Readonly<Record<string, string>>;
}

/** What Argo CD's `runCommand` (cmpserver/plugin/plugin.go) makes of a source. */
function generate(source: string, {helm = 'helm3', policy = 'lenient', env = {}}: Given = {}) {
  const {command, args} = plugin.spec.generate;
  const [program = '', ...own] = command;
  return execa(program, [...own, ...args], {
    cwd: source,
    env: {
      ...withPrograms({helm, kustomize: 'kustomize'}),
      KUBE_HARDEN_CONFIG: policies[policy],
      ARGOCD_APP_NAME: 'web',
      ARGOCD_APP_NAMESPACE: 'shop',
      KUBE_VERSION: '1.34.0',
      KUBE_API_VERSIONS: 'apps/v1,monitoring.coreos.com/v1,v1',
      ...env,
    },
    reject: false,
  });
}

const withHelms = testWithTools('helm3', 'helm4', 'kustomize');

test('the plugin is one that Argo CD accepts', t => {
  // ValidatePluginConfig in cmpserver/plugin/config.go of Argo CD.
  t.is(plugin.kind, 'ConfigManagementPlugin');
  t.not(plugin.metadata.name, '');
  t.true(plugin.spec.generate.command.length > 0);
});

for (const helm of ['helm3', 'helm4'] as const) {
  withHelms(`${helm}: the plugin hardens a chart, its hooks and CRDs included`, async t => {
    const {stdout, stderr, exitCode} = await generate(
      path.join(copied({chart: chartFolder('shop')}), 'chart'),
      {
        helm,
      },
    );
    t.is(exitCode, 0, stderr);
    const objects = parseAllDocuments(stdout, {version: '1.1'}).map(each => each.toJS());
    const of = (kind: string) => objects.filter(object => object?.kind === kind);
    t.true(of('NetworkPolicy').length > 0);
    t.true(of('CustomResourceDefinition').length > 0);
    t.true(of('Job').length > 0);
    for (const {spec} of of('Job')) {
      for (const {securityContext} of spec.template.spec.containers) {
        t.false(securityContext.allowPrivilegeEscalation);
      }
    }
  });
}

withHelms('the plugin passes the release, its namespace and the API versions to helm', async t => {
  const chart = path.join(copied({chart: chartFolder('hardened')}), 'chart');
  writeFileSync(
    path.join(chart, 'templates/facts.yaml'),
    `apiVersion: v1
kind: ConfigMap
metadata: {name: facts}
data:
  release: {{ .Release.Name }}
  namespace: {{ .Release.Namespace }}
  version: {{ .Capabilities.KubeVersion.Version }}
  hasMonitoring: "{{ .Capabilities.APIVersions.Has "monitoring.coreos.com/v1" }}"
  size: "{{ .Values.size }}"
`,
  );
  writeFileSync(path.join(chart, 'production.yaml'), 'size: large\n');
  const env = {ARGOCD_APP_NAME: 'team_web', ARGOCD_ENV_VALUES: 'values.yaml production.yaml'};
  const {stdout, stderr} = await generate(chart, {env});
  const facts = parseAllDocuments(stdout)
    .map(each => each.toJS())
    .find(object => object?.metadata.name === 'facts');
  t.deepEqual(
    facts?.data,
    {
      release: 'web',
      namespace: 'shop',
      version: 'v1.34.0',
      hasMonitoring: 'true',
      size: 'large',
    },
    stderr,
  );
});

withHelms('the plugin hardens a kustomization', async t => {
  const source = copied({'deployment.yaml': recipe('argocd/build-options/app/deployment.yaml')});
  writeFileSync(path.join(source, 'kustomization.yaml'), 'resources: [deployment.yaml]\n');
  const {stdout, stderr, exitCode} = await generate(source);
  t.is(exitCode, 0, stderr);
  t.regex(stdout, /allowPrivilegeEscalation: false/);
  t.notRegex(stdout, /hostPort/);
});

withHelms('the source cannot choose the policy, nor run a program', async t => {
  const evil = "#!/bin/sh\necho 'kind: Evil'\n";
  const loose = 'rules: {no-host-port: off}\n';
  const source = copied({'deployment.yaml': recipe('argocd/build-options/app/deployment.yaml')});
  for (const name of ['kube-harden', 'kustomize', 'helm', 'sh', 'mktemp']) {
    writeFileSync(path.join(source, name), evil, {mode: 0o755});
  }
  for (const name of ['kube-harden.yaml', '.kube-harden.json']) {
    writeFileSync(path.join(source, name), name.endsWith('json') ? '{}' : loose);
  }
  writeFileSync(path.join(source, 'kustomization.yaml'), 'resources: [deployment.yaml]\n');
  const env = {ARGOCD_ENV_KUBE_HARDEN_CONFIG: path.join(source, 'kube-harden.yaml')};
  const {stdout, stderr} = await generate(source, {env});
  t.notRegex(stdout, /hostPort|Evil/);
  t.true(stderr.includes(policies.lenient), stderr);
});

withHelms('values come from the chart only', async t => {
  const chart = path.join(copied({chart: chartFolder('hardened')}), 'chart');
  for (const name of [
    '/etc/passwd',
    '../secret.yaml',
    'values.yaml,/etc/passwd',
    'https://a/b',
    'a/../../b',
    '$HOME',
    '"a',
  ]) {
    const {stdout, stderr, exitCode} = await generate(chart, {env: {ARGOCD_ENV_VALUES: name}});
    t.is(exitCode, 1, name);
    t.is(stdout, '');
    t.regex(stderr, /^VALUES must be names of files in the chart$/m);
  }
});

withHelms('what fails, or is refused, prints no manifest, and says why', async t => {
  const chart = (name: string) => path.join(copied({[name]: chartFolder(name)}), name);
  const refused = await generate(chart('shop'), {policy: 'refusing'});
  t.is(refused.exitCode, 1);
  t.is(refused.stdout, '');
  t.regex(refused.stderr, /refused/);
  t.is((await generate(chart('hardened'), {policy: 'refusing'})).exitCode, 0);
  const broken = chart('hardened');
  writeFileSync(path.join(broken, 'templates/broken.yaml'), '{{ fail "broken" }}');
  const failed = await generate(broken);
  t.not(failed.exitCode, 0);
  t.is(failed.stdout, '');
  t.regex(failed.stderr, /broken/);
  const neither = await generate(
    copied({'a.yaml': recipe('argocd/build-options/app/deployment.yaml')}),
  );
  t.is(neither.exitCode, 1);
  t.regex(neither.stderr, /add a kustomization\.yaml/);
});

const repositoryServer = `apiVersion: apps/v1
kind: Deployment
metadata: {name: argocd-repo-server}
spec:
  selector: {matchLabels: {app.kubernetes.io/name: argocd-repo-server}}
  template:
    metadata: {labels: {app.kubernetes.io/name: argocd-repo-server}}
    spec:
      containers: [{name: argocd-repo-server, image: argocd}]
      volumes: [{name: var-files, emptyDir: {}}, {name: plugins, emptyDir: {}}]
`;

testWithTools('kustomize')('the component adds a hardened container with the plugin', async t => {
  const place = copied({plugin: recipe('argocd/plugin')});
  writeFileSync(path.join(place, 'deployment.yaml'), repositoryServer);
  const kustomization = 'namespace: argocd\nresources: [deployment.yaml]\ncomponents: [plugin]\n';
  writeFileSync(path.join(place, 'kustomization.yaml'), kustomization);
  const {stdout} = await execa(toolPath('kustomize'), ['build', place]);
  const objects = parseAllDocuments(stdout).map(each => each.toJS());
  const files = objects.find(({kind}) => kind === 'ConfigMap');
  t.deepEqual(parse(files.data['plugin.yaml']), plugin);
  const {containers, volumes} = objects.find(({kind}) => kind === 'Deployment').spec.template.spec;
  const sidecar = containers.find(({name}: {name: string}) => name === 'kube-harden');
  const names = volumes.map(({name}: {name: string}) => name);
  for (const {name} of sidecar.volumeMounts) t.true(names.includes(name), name);
  t.is(
    volumes.find(({configMap}: {configMap?: object}) => configMap !== undefined).configMap.name,
    files.metadata.name,
  );
  const {stdout: report} = await execa(
    bundle,
    ['audit', '--profile=restricted', '--format=json', '--fail-on=none', '-'],
    {input: stdout, cwd: scratch()},
  );
  const found = JSON.parse(report).findings.filter(
    ({container}: {container?: string}) => container === 'kube-harden',
  );
  t.deepEqual(found, []);
});

testWithTools('kustomize')('with the build options, kustomize runs the function', async t => {
  const {data} = parse(readFileSync(recipe('argocd/build-options/argocd-cm.yaml'), 'utf8'));
  const options = data['kustomize.buildOptions'].split(' ');
  const app = path.join(copied({app: recipe('argocd/build-options/app')}), 'app');
  const build = (args: readonly string[]) =>
    execa(toolPath('kustomize'), ['build', app, ...args], {env: withPrograms()});
  const {stdout} = await build(options);
  t.regex(stdout, /allowPrivilegeEscalation: false/);
  t.notRegex(stdout, /hostPort/);
  // Without --enable-exec, kustomize skips the function, and says nothing.
  t.regex((await build(['--enable-alpha-plugins'])).stdout, /hostPort/);
});
