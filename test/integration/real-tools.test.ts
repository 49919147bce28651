import {appendFileSync, cpSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {execa} from 'execa';
import {chartFolder} from '../fixtures/charts.ts';
import {commandOf, executable} from '../tools/executable.ts';
import {helm4WithPlugin} from '../tools/helm-4.ts';
import {repository, toolPath} from '../tools/tools.ts';
import {testWithTools} from '../tools/with-tools.ts';

const scratch = () => mkdtempSync(path.join(tmpdir(), 'kube-harden-integration-'));

const template = (helm: string, args: readonly string[], env: Record<string, string> = {}) =>
  execa(helm, ['template', 'demo', chartFolder('shop'), ...args], {env, reject: false});

testWithTools('helm3')('Helm 3 runs the executable', async t => {
  const helm = toolPath('helm3');
  const {stdout, exitCode} = await template(helm, ['--post-renderer', executable]);
  t.is(exitCode, 0);
  t.regex(stdout, /# Source: kube-harden\/network-policy-front-deployment-kube-harden\.yaml/);
  t.regex(stdout, /allowPrivilegeEscalation: false/);
});

testWithTools('helm3')('Helm 3 shows why a release is refused, and prints no manifest', async t => {
  const helm = toolPath('helm3');
  const args = ['--profile', 'audit', '--block-on', 'high'];
  const {stdout, stderr, exitCode} = await template(helm, [
    '--post-renderer',
    executable,
    ...args.map(arg => `--post-renderer-args=${arg}`),
  ]);
  t.not(exitCode, 0);
  t.is(stdout, '');
  t.regex(stderr, /refused: .*no-privilege-escalation in Deployment\/cart/);
});

testWithTools('helm3')(
  'Helm 3 gets nothing else than a release, whatever is asked for',
  async t => {
    const helm = toolPath('helm3');
    for (const arg of ['--help', '--version', 'rules', 'guard']) {
      const {stdout, stderr, exitCode} = await template(helm, [
        '--post-renderer',
        executable,
        `--post-renderer-args=${arg}`,
      ]);
      t.not(exitCode, 0, arg);
      t.is(stdout, '');
      t.regex(stderr, new RegExp(`remove \`--post-renderer-args=${arg}\``));
    }
  },
);

for (const source of ['folder', 'archive'] as const) {
  testWithTools('helm4')(
    `Helm 4 runs the plugin that was installed from a ${source}, hooks included`,
    async t => {
      const helm = toolPath('helm4');
      const env = await helm4WithPlugin(helm, source);
      const {stdout, stderr, exitCode} = await template(
        helm,
        ['--post-renderer', 'kube-harden', '--post-renderer-args=--fix-all'],
        env,
      );
      t.is(exitCode, 0, stderr);
      t.regex(stdout, /# Source: kube-harden\/network-policy-front-deployment-kube-harden\.yaml/);
      t.regex(stdout, /# Source: shop\/templates\/hooks\.yaml/);
      t.notRegex(stdout, /privileged: true/);
      t.notRegex(stdout, /postrender-filename/);
    },
  );
}

testWithTools('helm4')(
  'Helm 4 takes the policy of a pre-install hook for a hook, and only that one',
  async t => {
    const helm = toolPath('helm4');
    const env = await helm4WithPlugin(helm, 'folder');
    const args = ['--post-renderer', 'kube-harden'];
    const {stdout: all} = await template(helm, args, env);
    const {stdout: release} = await template(helm, [...args, '--no-hooks'], env);
    const policiesIn = (text: string) =>
      [...text.matchAll(/^kind: NetworkPolicy\nmetadata:\n {2}name: (.*)-kube-harden$/gm)]
        .map(([, name]) => name)
        .sort();
    t.true(policiesIn(release).includes('front-deployment'));
    t.true(policiesIn(release).includes('smoke-pod'));
    t.deepEqual(policiesIn(all), [...policiesIn(release), 'migrate-job'].sort());
  },
);

/** A chart of one template. */
function chartOf(text: string): string {
  const folder = scratch();
  mkdirSync(path.join(folder, 'templates'));
  writeFileSync(path.join(folder, 'Chart.yaml'), 'apiVersion: v2\nname: small\nversion: 0.1.0\n');
  writeFileSync(path.join(folder, 'templates/all.yaml'), text);
  return folder;
}

const hook = `apiVersion: v1
kind: Pod
metadata: {name: check, annotations: {helm.sh/hook: test}}
spec: {containers: [{name: check, image: example.com/check:1.0, securityContext: {allowPrivilegeEscalation: false}}]}
`;
for (const [what, text] of [
  ['nothing', '{{ if false }}\nkind: Pod\n{{ end }}\n'],
  ['comments alone', '# nothing\n'],
  ['hooks alone', hook],
] as const) {
  for (const command of [
    ['template'],
    ['template', '--no-hooks'],
    ['install', '--dry-run=client'],
  ]) {
    testWithTools('helm4')(
      `Helm 4 takes a chart that renders ${what} as it does without us: ${command.join(' ')}`,
      async t => {
        const helm = toolPath('helm4');
        const env = await helm4WithPlugin(helm, 'folder');
        const args = [...command, 'demo', chartOf(text)];
        const without = await execa(helm, args, {env});
        const {stdout, stderr, exitCode} = await execa(
          helm,
          [...args, '--post-renderer', 'kube-harden'],
          {env, reject: false},
        );
        t.is(exitCode, 0, stderr);
        t.deepEqual(kindsIn(stdout), kindsIn(without.stdout));
      },
    );
  }
}

/** The kinds of the objects of `text`, but for what is added. */
const kindsIn = (text: string): readonly string[] =>
  [...text.matchAll(/^kind: (?!NetworkPolicy)(.*)$/gm)].map(([, kind = '']) => kind);

testWithTools('helm4')(
  'Helm 4 gets nothing else than a release, whatever is asked for',
  async t => {
    const helm = toolPath('helm4');
    const env = await helm4WithPlugin(helm, 'folder');
    for (const arg of ['--help', 'rules']) {
      const args = ['--post-renderer', 'kube-harden', `--post-renderer-args=${arg}`];
      const {stdout, stderr, exitCode} = await template(helm, args, env);
      t.not(exitCode, 0, arg);
      t.is(stdout, '');
      t.regex(
        stderr,
        /refused this release because: Helm installs whatever a post-renderer prints/,
      );
    }
  },
);

testWithTools('helm4')('Helm 4 shows why a release is refused', async t => {
  const helm = toolPath('helm4');
  const env = await helm4WithPlugin(helm, 'folder');
  const {stdout, stderr, exitCode} = await template(
    helm,
    [
      '--post-renderer',
      'kube-harden',
      '--post-renderer-args=--profile=audit',
      '--post-renderer-args=--block-on=high',
    ],
    env,
  );
  t.not(exitCode, 0);
  t.is(stdout, '');
  t.regex(stderr, /kube-harden refused this release because: .*no-privilege-escalation/);
});

testWithTools('kustomize')('kustomize runs the function of the overlay', async t => {
  const kustomize = toolPath('kustomize');
  const folder = path.join(scratch(), 'overlay');
  cpSync(path.join(repository, 'kustomize/overlay'), folder, {recursive: true});
  symlinkSync(executable, path.join(folder, 'kube-harden'));
  const args = ['build', '--enable-alpha-plugins', '--enable-exec', folder];
  const {stdout} = await execa(kustomize, args);
  t.notRegex(stdout, /hostPort/);
  t.regex(
    stdout,
    /kind: NetworkPolicy\nmetadata:\n {2}name: web-deployment-kube-harden\n {2}namespace: shop/,
  );
  t.notRegex(stdout, /config\.kubernetes\.io/);

  writeFileSync(
    path.join(folder, 'kube-harden.yaml'),
    `apiVersion: kube-harden.io/v1alpha1
kind: Harden
metadata:
  name: kube-harden
  annotations:
    config.kubernetes.io/function: "exec: {path: ./kube-harden}"
spec:
  profile: audit
  blockOn: high
`,
  );
  const refused = await execa(kustomize, args, {reject: false});
  t.not(refused.exitCode, 0);
  t.is(refused.stdout, '');
  t.regex(refused.stderr, /refused: no-host-port in Deployment\/shop\/web/);
});

for (const name of ['helm3', 'helm4'] as const) {
  testWithTools('kustomize', name)(`kustomize hardens a chart that ${name} inflates`, async t => {
    const kustomize = toolPath('kustomize');
    const helm = toolPath(name);
    const folder = path.join(scratch(), 'helm-chart');
    cpSync(path.join(repository, 'kustomize/helm-chart'), folder, {recursive: true});
    cpSync(chartFolder('shop'), path.join(folder, 'charts/shop'), {recursive: true});
    cpSync(executable, path.join(folder, 'kube-harden'));
    appendFileSync(path.join(folder, 'kube-harden.yaml'), '  fixAll: true\n');
    const {stdout} = await execa(kustomize, [
      'build',
      '--enable-helm',
      `--helm-command=${helm}`,
      '--enable-alpha-plugins',
      '--enable-exec',
      folder,
    ]);
    t.notRegex(stdout, /privileged: true/);
    t.regex(
      stdout,
      /kind: NetworkPolicy\nmetadata:\n(?: {2}.*\n)* {2}name: cache-statefulset-kube-harden$/m,
    );
  });
}

testWithTools('helm3')('audits a chart with the helm on the PATH', async t => {
  const helm = toolPath('helm3');
  const folder = scratch();
  symlinkSync(helm, path.join(folder, 'helm'));
  const PATH = `${folder}${path.delimiter}${path.dirname(process.execPath)}`;
  const audit = commandOf(['audit', chartFolder('shop'), '--format', 'json']);
  const {stdout, exitCode} = await execa(...audit, {env: {PATH}, reject: false});
  t.is(exitCode, 1);
  const templates = JSON.parse(stdout).findings.map(
    ({source}: {source: {template: string}}) => source.template,
  );
  t.true(templates.includes('shop/charts/cache/templates/cache.yaml'));

  const without = await execa(...audit, {env: {PATH: scratch()}, reject: false});
  t.is(without.exitCode, 2);
  t.is(without.stdout, '');
  t.regex(without.stderr, /install Helm 3 or 4/);
});
