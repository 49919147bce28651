import {cpSync, existsSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {execa} from 'execa';
import {parseAllDocuments, stringify} from 'yaml';
import {chartFolder} from '../fixtures/charts.ts';
import {bundle} from '../tools/executable.ts';
import {toolPath} from '../tools/tools.ts';
import {testWithTools} from '../tools/with-tools.ts';
import {copied, recipe, scratch, withPrograms} from './programs.ts';

interface Named {
  readonly kind: string;
  readonly metadata: {readonly name: string; readonly namespace?: string};
}

interface HelmRelease extends Named {
  readonly spec: {
    readonly postRenderers: readonly [{readonly kustomize: {readonly patches: object}}];
  };
}

const objectsIn = (text: string): readonly Named[] =>
  parseAllDocuments(text, {version: '1.1'}).flatMap(each => (each.toJS() as Named | null) ?? []);

const build = async (folder: string): Promise<readonly Named[]> =>
  objectsIn((await execa(toolPath('kustomize'), ['build', folder])).stdout);

/** As `Kustomize.Run` of helm-controller (internal/postrender/kustomize.go). */
function postRendered(rendered: string, {spec}: HelmRelease): Promise<readonly Named[]> {
  const folder = scratch();
  const {patches} = spec.postRenderers[0].kustomize;
  writeFileSync(path.join(folder, 'helm-output.yaml'), rendered);
  const kustomization = {resources: ['helm-output.yaml'], patches};
  writeFileSync(path.join(folder, 'kustomization.yaml'), stringify(kustomization));
  return build(folder);
}

const byName = (objects: readonly Named[]) =>
  Object.fromEntries(objects.map(each => [`${each.kind}/${each.metadata.name}`, each]));

const isAdded = ({metadata}: Named): boolean => metadata.name.endsWith('-kube-harden');

testWithTools('helm3', 'kustomize')(
  'Flux: the HelmRelease renders what kube-harden renders, and the NetworkPolicies come with it',
  async t => {
    const place = path.join(copied({release: recipe('flux/helmrelease')}), 'release');
    const env = withPrograms({helm: 'helm3'});
    const harden = (chart: string) =>
      execa(path.join(place, 'harden.sh'), [chartFolder(chart)], {env, cwd: scratch()});
    await harden('shop');
    const synced = await build(place);
    const release = synced.find(({kind}) => kind === 'HelmRelease') as HelmRelease;
    t.is(release.metadata.namespace, 'shop');

    const values = path.join(place, 'values.yaml');
    const {stdout: rendered} = await execa(toolPath('helm3'), [
      'template',
      'web',
      chartFolder('shop'),
      '--namespace',
      'shop',
      '--values',
      values,
      '--no-hooks',
    ]);
    const {stdout: hardened} = await execa(bundle, {input: rendered, cwd: scratch()});
    const expected = objectsIn(hardened);
    t.deepEqual(
      byName(await postRendered(rendered, release)),
      byName(expected.filter(each => !isAdded(each))),
    );
    const policies = synced.filter(({kind}) => kind === 'NetworkPolicy');
    for (const {metadata} of expected.filter(isAdded)) {
      t.true(
        policies.some(policy => policy.metadata.name === metadata.name),
        metadata.name,
      );
    }
    for (const {metadata} of policies) t.is(metadata.namespace, 'shop');

    // What a new version of the chart changes shows in git, and what is no longer needed goes.
    const file = path.join(place, 'hardening/release.yaml');
    const before = readFileSync(file, 'utf8');
    await harden('shop');
    t.is(readFileSync(file, 'utf8'), before);
    await harden('hardened');
    t.not(readFileSync(file, 'utf8'), before);
  },
);

testWithTools('helm3')('Flux: a failed run leaves no release that could be committed', async t => {
  const place = path.join(copied({release: recipe('flux/helmrelease')}), 'release');
  const {exitCode} = await execa(path.join(place, 'harden.sh'), ['/nowhere'], {
    env: withPrograms({helm: 'helm3'}),
    reject: false,
  });
  t.is(exitCode, 2);
  t.false(existsSync(path.join(place, 'hardening/release.yaml')));
});

testWithTools('kustomize')('Flux: the rendered branch is the one that CI pushes', async t => {
  const folder = scratch();
  cpSync(recipe('flux/rendered/sync.yaml'), path.join(folder, 'sync.yaml'));
  writeFileSync(path.join(folder, 'kustomization.yaml'), 'resources: [sync.yaml]\n');
  const [source, sync] = objectsIn(readFileSync(path.join(folder, 'sync.yaml'), 'utf8')) as [
    {readonly spec: {readonly ref: {readonly branch: string}}},
    {readonly spec: {readonly path: string}},
  ] &
    readonly Named[];
  const script = readFileSync(recipe('rendered-branch/publish.sh'), 'utf8');
  t.true(script.includes(`publish.sh ${source.spec.ref.branch} ${sync.spec.path.slice(2)} `));
  t.is((await build(folder)).length, 2);
});
