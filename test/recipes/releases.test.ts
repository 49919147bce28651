import {existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import {execa} from 'execa';
import {parse, stringify} from 'yaml';
import {chartFolder, renderedFile} from '../fixtures/charts.ts';
import {helm4WithPlugin} from '../tools/helm-4.ts';
import {toolPath} from '../tools/tools.ts';
import {testWithTools} from '../tools/with-tools.ts';
import {copied, recipe, scratch, withPrograms} from './programs.ts';

const read = (name: string): string => readFileSync(recipe(name), 'utf8');

/** A folder with a chart, a policy beside it, and what a recipe calls. */
function project(chart: string, policy = 'profile: essential\n'): string {
  const place = copied({chart: chartFolder(chart)});
  writeFileSync(path.join(place, 'kube-harden.yaml'), policy);
  return place;
}

interface Helmfile {
  readonly helmDefaults: {
    readonly postRenderer: string;
    readonly postRendererArgs: readonly string[];
  };
  readonly releases: readonly {
    readonly name: string;
    readonly namespace: string;
    readonly chart: string;
  }[];
}

for (const helm of ['helm3', 'helm4'] as const) {
  testWithTools(helm)(`helmfile: what it passes to ${helm} hardens, or refuses`, async t => {
    const {helmDefaults, releases} = parse(read('helmfile/helmfile.yaml')) as Helmfile;
    const [release] = releases;
    // As `appendPostRenderFlags` and `appendPostRenderArgsFlags` of helmfile (pkg/state/helmx.go).
    const args = [
      ...[
        'template',
        release?.name ?? '',
        release?.chart ?? '',
        '--namespace',
        release?.namespace ?? '',
      ],
      ...['--post-renderer', helmDefaults.postRenderer],
      ...helmDefaults.postRendererArgs.map(arg => `--post-renderer-args=${arg}`),
    ];
    const plugin = helm === 'helm4' ? await helm4WithPlugin(toolPath(helm), 'folder') : {};
    const env = {...withPrograms(), ...plugin};
    const call = (cwd: string) => execa(toolPath(helm), args, {cwd, env, reject: false});
    const hardened = await call(project('hardened'));
    t.is(hardened.exitCode, 0, hardened.stderr);
    const refused = await call(project('shop'));
    t.not(refused.exitCode, 0);
    t.is(refused.stdout, '');
    t.regex(refused.stderr, /refused:? .*no-privileged in StatefulSet\/cache/);
  });
}

/** The values of an argument in HCL, as far as the recipe uses the language. */
function postRenderOf(text: string) {
  const [, binary = ''] = /^ +binary_path = "([^"]*)"/m.exec(text) ?? [];
  const [, list = '[]'] = /^ +args +(= .*)$/m.exec(text) ?? [];
  return {binary, args: JSON.parse(list.slice(2)) as readonly string[]};
}

testWithTools('helm3')('Terraform: what the provider runs hardens, or refuses', async t => {
  const {binary, args} = postRenderOf(read('terraform/main.tf'));
  t.is(binary, 'kube-harden');
  t.is(args.length, 2);
  // As `postrender.NewExec(binaryPath, args...)` of Helm 3, from the folder in which terraform runs.
  const call = async (chart: string) => {
    const cwd = project(chart);
    const {stdout: rendered} = await execa(toolPath('helm3'), [
      'template',
      'web',
      path.join(cwd, 'chart'),
      '--namespace',
      'shop',
    ]);
    return execa(
      binary,
      args.map(arg => arg.replaceAll(/\$\{path\.module\}/g, '.')),
      {cwd, env: withPrograms(), input: rendered, reject: false, preferLocal: false},
    );
  };
  const hardened = await call('hardened');
  t.is(hardened.exitCode, 0, hardened.stderr);
  t.regex(hardened.stderr, /policy: \.\/kube-harden\.yaml/);
  const refused = await call('shop');
  t.is(refused.exitCode, 1);
  t.is(refused.stdout, '');
});

test('Skaffold: the hook replaces the manifests, or fails the rendering', async t => {
  const {manifests} = parse(read('skaffold/skaffold.yaml'));
  const [{host}] = manifests.hooks.after;
  t.true(host.withChange);
  const [program, ...args] = host.command as readonly [string, ...string[]];
  // As `RunPostHooks` of Skaffold (pkg/skaffold/hooks/render.go), which also refuses an empty output.
  const hook = (input: string) =>
    execa(program, args, {input, cwd: scratch(), env: withPrograms(), reject: false});
  const hardened = await hook(read('kpt/deployment.yaml'));
  t.is(hardened.exitCode, 0);
  t.regex(hardened.stdout, /allowPrivilegeEscalation: false/);
  t.is((await hook(readFileSync(renderedFile('shop'), 'utf8'))).exitCode, 1);
});

interface Kptfile {
  readonly pipeline: {
    readonly mutators: readonly {readonly exec: string; readonly configPath: string}[];
  };
}

const {pipeline} = parse(read('kpt/Kptfile')) as Kptfile;

test('kpt: the function hardens the package, by its policy', async t => {
  const [{exec = '', configPath = ''} = {}] = pipeline.mutators;
  const list = {
    apiVersion: 'config.kubernetes.io/v1',
    kind: 'ResourceList',
    items: [parse(read('kpt/deployment.yaml'))],
    functionConfig: parse(read(`kpt/${configPath}`)),
  };
  // A process of the name kpt, as kpt starts functions: internal/fnruntime/exec.go.
  const kpt = path.join(scratch(), 'kpt');
  symlinkSync('/bin/bash', kpt);
  const call = (config: object) =>
    execa(kpt, ['-c', `${exec}; exit $?`], {
      input: stringify({...list, functionConfig: config}),
      cwd: scratch(),
      env: withPrograms(),
      reject: false,
    });
  const {stdout, exitCode, stderr} = await call(list.functionConfig);
  t.is(exitCode, 0, stderr);
  const {items, results} = parse(stdout);
  t.is(items[0].spec.template.spec.containers[0].ports[0].hostPort, undefined);
  t.is(items[1].kind, 'NetworkPolicy');
  t.true(results.length > 0);
  const audited = await call({...list.functionConfig, spec: {profile: 'audit', blockOn: 'high'}});
  t.is(audited.exitCode, 1);
});

/** kpt cannot be built for the tests: its modules are not published whole. */
const hasKpt = (process.env['PATH'] ?? '')
  .split(path.delimiter)
  .some(folder => existsSync(path.join(folder, 'kpt')));

(hasKpt ? test : test.skip)('kpt: the real one runs the package', async t => {
  const place = path.join(copied({web: recipe('kpt')}), 'web');
  mkdirSync(path.join(place, '../home'));
  const env = {...withPrograms(), HOME: path.join(place, '../home')};
  await execa('kpt', ['fn', 'render', place, '--allow-exec'], {env});
  t.regex(readFileSync(path.join(place, 'deployment.yaml'), 'utf8'), /Escalation: false/);
});
