import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {Dictionary, isMap, type Json, type JsonMap} from '../../src/json.ts';
import {knownPlaces, type PodPlace} from '../../src/kubernetes/pod-places.ts';
import {readStream} from '../../src/stream/manifest-stream.ts';
import {helmFileNameAnnotation} from '../../src/stream/template.ts';
import {emitJson, stringify} from '../../src/yaml/emit.ts';
import {repository} from '../tools/tools.ts';
import {type Choose, pick} from '../yaml/choices.ts';
import {mutate} from '../yaml/mutate.ts';
import {confused} from './confuse.ts';

/** The sources of streams: objects of every kind that is read, and realistic texts. */
export interface Pool {
  /** Those of `objects.yaml`: one of each kind, with all fields that are read. */
  readonly whole: readonly JsonMap[];
  /** All, of which the whole ones are half. */
  readonly objects: readonly JsonMap[];
  readonly texts: readonly string[];
}

const folders = ['test/rules/examples', 'test/cases', 'charts-fixtures/rendered'];

/** The objects of `objects.yaml`, of the examples and fixtures, and one of each kind that holds pods. */
export function readPool(): Pool {
  const own = readFileSync(path.join(repository, 'test/fuzz/objects.yaml'), 'utf8');
  const texts = folders.flatMap(folder => textsIn(path.join(repository, folder)));
  const objectsIn = (text: string) => readStream(text, 'pool').resources.map(({value}) => value);
  const whole = objectsIn(own);
  const others = [...texts.flatMap(objectsIn), ...holdersOfPods()];
  const again = Array.from({length: Math.ceil(others.length / whole.length)}, () => whole);
  return {
    whole,
    objects: [...others, ...again.flat()],
    texts: [own, ...texts].flatMap(documentsOf),
  };
}

const textsIn = (folder: string): readonly string[] =>
  readdirSync(folder, {recursive: true, encoding: 'utf8'})
    .filter(file => /(?:^|\/)(?:before|input|unsafe|shop)\.yaml$/.test(file))
    .sort()
    .map(file => readFileSync(path.join(folder, file), 'utf8'));

const documentsOf = (text: string): readonly string[] => text.split(/^---\n/m);

const pod: JsonMap = {
  hostNetwork: true,
  serviceAccountName: 'shop',
  securityContext: {runAsUser: 0},
  containers: [
    {
      name: 'main',
      image: 'a:1',
      ports: [{containerPort: 80, hostPort: 80}],
      securityContext: {privileged: true},
    },
  ],
  volumes: [{name: 'root', hostPath: {path: '/'}}],
};

/** An object of each kind in `knownPlaces`, with a pod. */
function holdersOfPods(): readonly JsonMap[] {
  return [...knownPlaces].flatMap(([name, places]) => {
    const [group = '', kind = ''] = name.split('/');
    const apiVersion = group === '' ? 'v1' : `${group}/v1`;
    return places.map(place => ({apiVersion, kind, metadata: {name: 'held'}, ...holder(place)}));
  });
}

function holder({path: steps, isBare}: PodPlace): JsonMap {
  const template: Json = isBare === true ? pod : {metadata: {labels: {app: 'web'}}, spec: pod};
  const whole = steps.reduceRight<Json>(
    (value, step) => (step === '*' ? [value] : {[step]: value}),
    template,
  );
  return isMap(whole) ? whole : {};
}

const mostObjects = 4;

/** A stream of a few objects, in one of the dialects, as the tools or a hostile author write them. */
export function drawStream(choose: Choose, pool: Pool): string {
  const dialect = choose(10);
  if (dialect === 0) return drawText(choose, pool);
  const objects = drawObjects(choose, pool);
  if (dialect <= 2) return written(resourceList(objects, choose, pool), choose);
  const annotated = dialect === 3 ? objects.map(annotatedByHelm4) : objects;
  const text = joined(
    annotated.map(object => written(object, choose)),
    choose,
  );
  return choose(12) === 0 ? mutate(text, choose, pool.texts, 3) : text;
}

function drawText(choose: Choose, {texts}: Pool): string {
  const count = 1 + choose(2);
  const text = Array.from({length: count}, () => pick(choose, texts)).join('---\n');
  return ended(mutate(text, choose, texts, 4), choose);
}

function drawObjects(choose: Choose, {objects}: Pool): readonly JsonMap[] {
  const drawn: JsonMap[] = [];
  const count = choose(3) === 0 ? 1 + choose(mostObjects) : 1;
  for (let left = count; left > 0; left--) {
    const again = drawn.length > 0 && choose(8) === 0;
    const object = again ? pick(choose, drawn) : pick(choose, objects);
    drawn.push(confused(object, choose, objects, 3));
  }
  return choose(10) === 0 ? [listed(drawn, choose)] : drawn;
}

/** A list of the objects, of one kind or typed, perhaps in a list itself. */
function listed(items: readonly JsonMap[], choose: Choose): JsonMap {
  const kind = pick(choose, ['List', 'List', 'PodList', 'DeploymentList', 'Pod', 'ResourceList']);
  const list: JsonMap = {apiVersion: pick(choose, ['v1', 'apps/v1']), kind, items};
  return choose(3) === 0 ? {apiVersion: 'v1', kind: 'List', items: [list]} : list;
}

const versions = ['v1', 'v1', 'v1beta1', 'v1alpha1'];
const harden: JsonMap = {
  apiVersion: 'kube-harden.io/v1alpha1',
  kind: 'Harden',
  spec: {profile: ['strict']},
};

function resourceList(items: readonly JsonMap[], choose: Choose, {objects}: Pool): JsonMap {
  const list: JsonMap = {
    apiVersion: `config.kubernetes.io/${pick(choose, versions)}`,
    kind: 'ResourceList',
    ...(choose(4) === 0 ? {functionConfig: harden} : {}),
    items,
    ...(choose(3) === 0 ? {results: [{message: 'm', severity: 'info'}, null]} : {}),
  };
  return choose(3) === 0 ? confused(list, choose, objects, 1) : list;
}

function annotatedByHelm4(object: JsonMap, index: number): JsonMap {
  const metadata = object['metadata'] ?? {};
  const annotations = isMap(metadata) ? (metadata['annotations'] ?? {}) : {};
  if (!isMap(metadata) || !isMap(annotations)) return object;
  const file = `chart/templates/${index}.yaml`;
  return {
    ...plain(object),
    metadata: {
      ...plain(metadata),
      annotations: {...plain(annotations), [helmFileNameAnnotation]: file},
    },
  };
}

const plain = (value: JsonMap): JsonMap => Object.assign(new Dictionary(), value);

function written(object: JsonMap, choose: Choose): string {
  const style = choose(8);
  if (style === 0) return `${emitJson(object, choose(2) === 0 ? '' : ' ')}\n`;
  if (style === 1) return `${JSON.stringify(object, undefined, 2)}\n`;
  return stringify(object);
}

const separators = ['---\n', '---\n', '---\n# Source: chart/templates/a.yaml\n', '--- # next\n'];

function joined(documents: readonly string[], choose: Choose): string {
  const before = choose(3) === 0 ? pick(choose, separators) : '';
  const text = before + documents.reduce((all, each) => all + pick(choose, separators) + each);
  return ended(text, choose);
}

const endings = [
  '',
  '\r',
  '\n',
  '\n\n',
  '---\n',
  '---',
  '...\n',
  '# end',
  '\n# end\n',
  ' ',
  '\t\n',
];

/** `text` with another end or other line ends; mostly unchanged. */
function ended(text: string, choose: Choose): string {
  switch (choose(8)) {
    case 0:
      return text.replace(/\n$/, '') + pick(choose, endings);
    case 1:
      return text + pick(choose, endings);
    case 2:
      return text.replaceAll('\n', '\r\n') + pick(choose, ['', '\r', '\n']);
    case 3:
      return choose(4) === 0 ? `\uFEFF${text}` : text;
    default:
      return text;
  }
}
