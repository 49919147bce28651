import {readFileSync} from 'node:fs';
import path from 'node:path';
import {applyEdits, set} from '../../src/edits.ts';
import type {JsonMap, Path} from '../../src/json.ts';
import {faultsIn} from '../../src/kubernetes/schema/faults.ts';
import {knownKind} from '../../src/kubernetes/schema/kinds.ts';
import {type FieldTypes, kindsOfKubernetes, typeNamed} from '../../src/kubernetes/schema/types.ts';
import {corpusFiles} from '../tools/corpus-files.ts';
import {objectsOf} from './admission.ts';
import type {ApiClient} from './api-client.ts';
import {clusterTest} from './cluster-test.ts';
import {controlPlaneOf} from './control-plane.ts';
import {mistypedOf, strangeKey, strangePathsIn, wholeOf} from './field-samples.ts';
import {renderedStreams} from './streams.ts';

/** What strict field validation says about an object. */
interface Validation {
  /** The fields that it does not know. */
  readonly unknown: readonly string[];
  /** Whether it could decode the object; whether that is valid is another question. */
  readonly isDecoded: boolean;
  readonly reason: string;
}

/** Asks a real API server about fields. */
class Validator {
  readonly #api: ApiClient;
  readonly #paths = new Map<string, Promise<ReadonlyMap<string, string>>>();

  constructor(api: ApiClient) {
    this.#api = api;
  }

  /** Where objects of that kind are created; undefined if the server does not serve it. */
  async pathOf(apiVersion: string, kind: string): Promise<string | undefined> {
    const known = this.#paths.get(apiVersion) ?? this.#discover(apiVersion);
    this.#paths.set(apiVersion, known);
    return (await known).get(kind);
  }

  async #discover(apiVersion: string): Promise<ReadonlyMap<string, string>> {
    const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const {status, body} = await this.#api.request('GET', root);
    if (status !== 200) return new Map();
    const {resources} = body as {
      readonly resources: readonly {
        readonly name: string;
        readonly kind: string;
        readonly namespaced: boolean;
        readonly verbs: readonly string[];
      }[];
    };
    const created = resources.filter(
      ({name, verbs}) => !name.includes('/') && verbs.includes('create'),
    );
    return new Map(
      created.map(({name, kind, namespaced}) => [
        kind,
        `${root}/${namespaced ? 'namespaces/default/' : ''}${name}`,
      ]),
    );
  }

  async ask(at: string, object: JsonMap): Promise<Validation> {
    const query = '?dryRun=All&fieldValidation=Strict';
    const {status, body} = await this.#api.request('POST', `${at}${query}`, object);
    const {message = ''} = body as {readonly message?: string};
    const unknown = [...message.matchAll(/unknown field "((?:[^"\\]|\\.)*)"/g)];
    return {
      unknown: unknown.map(([, field = '']) => field).sort(),
      isDecoded: status !== 400 || message.includes('strict decoding error'),
      reason: `${status} ${message}`,
    };
  }
}

/** A path as the API server writes it. */
const written = (steps: Path): string =>
  steps
    .map(step => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    .join('')
    .slice(1);

const strangeFieldsIn = (object: JsonMap, type: FieldTypes): readonly string[] =>
  faultsIn(object, type, 'all')
    .filter(({expected}) => expected === undefined)
    .map(fault => written(fault.path))
    .sort();

const isMistyped = (object: JsonMap, type: FieldTypes): boolean =>
  faultsIn(object, type, 'all').some(({expected}) => expected !== undefined);

interface ServedType {
  readonly identity: {readonly apiVersion: string; readonly kind: string};
  readonly type: FieldTypes;
  readonly at: string;
}

async function servedTypes(validator: Validator): Promise<readonly ServedType[]> {
  const served: ServedType[] = [];
  for (const {group, version, kinds} of kindsOfKubernetes()) {
    const apiVersion = group === '' ? version : `${group}/${version}`;
    for (const [kind, name] of kinds) {
      const at = await validator.pathOf(apiVersion, kind);
      if (at !== undefined && kind !== 'CustomResourceDefinition') {
        served.push({identity: {apiVersion, kind}, type: typeNamed(name), at});
      }
    }
  }
  return served;
}

/** A field with the mapping that it is in. */
const ending = (field: string): string => /[^.]*\.?[^.]*$/.exec(field)?.[0] ?? '';

/** Fields of other versions of Kubernetes than the v1.36 of the API server, which does not know them. */
const ofOtherVersions: ReadonlySet<string> = new Set([
  'clusterTrustBundle.user',
  'conditions[0].observedGeneration',
  'configMap.defaultUser',
  'consumesCounters[0].compatibilityGroups',
  'devices[0].nodeAllocatableResources',
  'downwardAPI.defaultUser',
  'emptyDir.mode',
  'ephemeral.readOnly',
  'exactly.derivedAttributes',
  'firstAvailable[0].derivedAttributes',
  'grpc.mode',
  'httpGet.protocol',
  'items[0].user',
  'metadata.clusterName',
  'nodeAllocatableResourceClaimStatuses[0].mapping',
  'nodeAllocatableResourceClaimStatuses[0].overhead',
  'nodeInfo.runningInUserNamespace',
  'podCertificate.user',
  'projected.defaultUser',
  'resourceClaims[0].source',
  'resources.claims',
  'results[0].skipNodeOperations',
  'secret.defaultUser',
  'series.state',
  'serviceAccountToken.user',
  'spec.evictionResponders',
  'spec.ipFamily',
  'spec.partitionTypeAttribute',
  'spec.podPreemptionPolicy',
  'spec.scheduling',
  'spec.skipNodeOperations',
  'spec.topologyKeys',
  'spec.workloadRef',
  'status',
  'status.healthStatus',
  'status.resizeStatus',
  'status.volumeHealth',
  'volumeMounts[0].bindMountOptions',
]);

clusterTest('the fields of all kinds are those that the API server knows', async t => {
  const plane = await controlPlaneOf(t);
  const validator = new Validator(plane.api);
  const served = await servedTypes(validator);
  t.true(served.length > 60, `${served.length} kinds`);
  const others = new Set<string>();
  const wrong: string[] = [];
  for (const {identity, type, at} of served) {
    const whole = {...(wholeOf(type) as JsonMap), ...identity};
    t.deepEqual(faultsIn(whole, type, 'all'), [], identity.kind);
    const {unknown, isDecoded, reason} = await validator.ask(at, whole);
    for (const field of unknown) others.add(ending(field));
    if (!isDecoded) wrong.push(`${identity.apiVersion} ${identity.kind}: ${reason}`);
  }
  t.deepEqual(wrong, []);
  t.deepEqual([...others].sort(), [...ofOtherVersions].sort());
});

/** The API server tells of 100 faults at most, those of other versions among them. */
const mostTold = 30;

const isWithin = (field: string, other: string): boolean =>
  field.startsWith(`${other}.`) || field.startsWith(`${other}[`);

clusterTest('a key that is no field is found wherever the API server finds it', async t => {
  const plane = await controlPlaneOf(t);
  const validator = new Validator(plane.api);
  let count = 0;
  for (const {identity, type, at} of await servedTypes(validator)) {
    const whole = {...(wholeOf(type) as JsonMap), ...identity};
    const paths = [...strangePathsIn(type)];
    for (let from = 0; from < paths.length; from += mostTold) {
      const some = paths.slice(from, from + mostTold);
      const edits = some.map(each => set(each, 1));
      const object = applyEdits(whole, edits) as JsonMap;
      const all = some.map(written).sort();
      t.deepEqual(strangeFieldsIn(object, type), all);
      const {unknown} = await validator.ask(at, object);
      const expected = all.filter(field => !unknown.some(other => isWithin(field, other)));
      const found = unknown.filter(field => field.endsWith(strangeKey));
      t.deepEqual(found, expected, `${identity.apiVersion} ${identity.kind}`);
      count += expected.length;
    }
  }
  t.true(count > 2000, `${count} keys`);
});

clusterTest('a value of the wrong type is found wherever the API server refuses it', async t => {
  const plane = await controlPlaneOf(t);
  const validator = new Validator(plane.api);
  const seen = new Set<FieldTypes>();
  const wrong: string[] = [];
  let count = 0;
  for (const {identity, type, at} of await servedTypes(validator)) {
    const samples = [...mistypedOf(type, seen)].map(async sample => {
      const object = {...sample.value, ...identity};
      const {isDecoded, unknown, reason} = await validator.ask(at, object);
      if (unknown.length > 0) return;
      count++;
      if (isDecoded === isMistyped(object, type)) {
        wrong.push(`${JSON.stringify(object)}: ${reason.slice(0, 200)}`);
      }
    });
    await Promise.all(samples);
  }
  t.deepEqual(wrong, []);
  t.true(count > 3000, `${count} values`);
});

clusterTest('real charts have the faults that the API server finds', async t => {
  const plane = await controlPlaneOf(t);
  const validator = new Validator(plane.api);
  const streams = [
    ...renderedStreams(),
    ...corpusFiles.map(file => ({text: readFileSync(file, 'utf8'), name: path.basename(file)})),
  ];
  const wrong: string[] = [];
  for (const {text, name} of streams) {
    for (const resource of objectsOf(text, name)) {
      const known = knownKind(resource);
      const at = await validator.pathOf(resource.apiVersion, resource.kind);
      if (known === undefined || at === undefined || resource.kind === 'CustomResourceDefinition') {
        continue;
      }
      const {namespace: _, ...metadata} = (resource.value['metadata'] ?? {}) as JsonMap;
      const object = {...resource.value, metadata};
      const {unknown, isDecoded, reason} = await validator.ask(at, object);
      const ours = strangeFieldsIn(object, known.type);
      const theirs = unknown.filter(field => !ofOtherVersions.has(ending(field)));
      const title = `${name}, ${resource.kind} ${resource.name}`;
      if (isDecoded && ours.join() !== theirs.join()) wrong.push(`${title}: ${ours} / ${theirs}`);
      if (isDecoded === isMistyped(object, known.type)) wrong.push(`${title}: ${reason}`);
    }
  }
  t.deepEqual(wrong, []);
});
