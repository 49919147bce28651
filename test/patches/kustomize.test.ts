import {mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {execa} from 'execa';
import {parseAllDocuments} from 'yaml';
import {resolvePolicy} from '../../src/config/resolve.ts';
import {harden} from '../../src/harden.ts';
import {patchesOf} from '../../src/patches.ts';
import {patchFormats} from '../../src/report/patch-files.ts';
import {readStream} from '../../src/stream/manifest-stream.ts';
import {renderedFile} from '../fixtures/charts.ts';
import {testWithCorpus} from '../tools/corpus.ts';
import {corpusFiles} from '../tools/corpus-files.ts';
import {toolPath} from '../tools/tools.ts';
import {testWithTools} from '../tools/with-tools.ts';

/** One profile that waits before it takes something away, and one that takes all it can. */
const policies = {
  essential: resolvePolicy({}),
  'strict, decided': resolvePolicy({profiles: ['strict'], undecided: 'fix'}),
};

/** The files of a kustomization, by their names. */
type Files = Readonly<Record<string, string>>;

interface Built {
  /** The objects by kind, namespace and name. */
  readonly objects: ReadonlyMap<string, unknown>;
  readonly error: string;
}

async function build(files: Files): Promise<Built> {
  const folder = mkdtempSync(path.join(tmpdir(), 'kube-harden-patches-'));
  try {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(folder, name)), {recursive: true});
      writeFileSync(path.join(folder, name), text);
    }
    const run = await execa(toolPath('kustomize'), ['build', folder], {reject: false});
    return {objects: objectsIn(run.stdout), error: run.exitCode === 0 ? '' : run.stderr};
  } finally {
    rmSync(folder, {recursive: true});
  }
}

interface Named {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {readonly namespace?: string; readonly name: string};
}

const objectsIn = (text: string): ReadonlyMap<string, unknown> =>
  new Map(
    parseAllDocuments(text, {version: '1.1'}).map(document => {
      const object = document.toJS() as Named;
      const {apiVersion, kind, metadata} = object;
      return [[apiVersion, kind, metadata.namespace, metadata.name].join(' '), object];
    }),
  );

const alone = (text: string): Files => ({
  'kustomization.yaml': 'resources: [rendered.yaml]\n',
  'rendered.yaml': text,
});

/** The original with the component that `kube-harden patches --output hardening` writes. */
function patched(text: string, policy: (typeof policies)['essential']): Files {
  const files = patchFormats['kustomization']?.(patchesOf(readStream(text, 'in'), policy)) ?? [];
  return {
    'kustomization.yaml': 'resources: [rendered.yaml]\ncomponents: [hardening]\n',
    'rendered.yaml': text,
    ...Object.fromEntries(files.map(({name, text: content}) => [`hardening/${name}`, content])),
  };
}

const fixtures = ['shop', 'unsafe'].map(renderedFile);
const cases = [
  ...fixtures.map(file => ({file, declare: testWithTools('kustomize')})),
  ...corpusFiles.map(file => ({file, declare: testWithCorpus([], ['kustomize'])})),
];
for (const {file, declare} of cases) {
  declare(
    `${path.basename(file)}: kustomize with the patches builds what render prints`,
    async t => {
      const text = readFileSync(file, 'utf8');
      for (const [name, policy] of Object.entries(policies)) {
        const rendered = await build(alone(harden(text, 'in', policy).text));
        const result = await build(patched(text, policy));
        t.is(result.error, '', name);
        t.deepEqual(result.objects, rendered.objects, name);
      }
    },
  );
}

const web = (containers: string): string => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
${containers}`;
const main = '        - {name: main, image: a, ports: [{containerPort: 80, hostPort: 80}]}\n';
const helper = '        - {name: helper, image: b, ports: [{containerPort: 81, hostPort: 81}]}\n';

testWithTools('kustomize')(
  'a build fails if the patches no longer fit, instead of changing something else',
  async t => {
    const files = patched(web(main), policies.essential);
    t.is((await build(files)).error, '');
    const upgraded = await build({...files, 'rendered.yaml': web(`${helper}${main}`)});
    t.regex(upgraded.error, /testing value \/spec\/template\/spec\/containers\/0\/name failed/);
  },
);

testWithTools('kustomize')('of objects with one name, each gets its own patch', async t => {
  const service = (apiVersion: string, namespace: string, spec: string) => `
apiVersion: ${apiVersion}
kind: Service
metadata: {name: a.b${namespace}}
spec: ${spec}
---`;
  const pods =
    '{template: {spec: {containers: [{name: c, image: i, securityContext: {privileged: true}}]}}}';
  const text = [
    service('v1', '', '{externalIPs: [1.2.3.4], ports: [{port: 80}]}'),
    service('v1', ', namespace: other', '{externalIPs: [1.2.3.5], ports: [{port: 80}]}'),
    service('serving.knative.dev/v1', '', pods),
    service('v1', '', '{externalIPs: [1.2.3.6], ports: [{port: 80}]}').replace('a.b', 'aXb'),
  ].join('');
  const policy = policies['strict, decided'];
  const result = await build(patched(text, policy));
  t.is(result.error, '');
  t.deepEqual(result.objects, (await build(alone(harden(text, 'in', policy).text))).objects);
});
