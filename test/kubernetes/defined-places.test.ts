import test from 'ava';
import type {Json, JsonMap} from '../../src/json.ts';
import {DefinedPlaces, isOpen} from '../../src/kubernetes/defined-places.ts';

const definitionOf = (...specs: readonly Json[]): JsonMap => ({
  spec: {
    group: 'example.org',
    names: {kind: 'Fleet'},
    versions: specs.map(spec => ({schema: {openAPIV3Schema: {properties: {spec}}}})),
  },
});

const placesIn = (definition: JsonMap) => {
  const defined = new DefinedPlaces();
  defined.add(definition);
  return (defined.places.get('example.org/Fleet') ?? []).map(
    ({path, form, isBare, containers}) =>
      `${form} ${path.join('.')}${isBare ? '' : ' in spec'}${containers === undefined ? '' : ` ${JSON.stringify(containers)}`}`,
  );
};

const finds = test.macro((t, spec: Json, expected: readonly string[]) => {
  t.deepEqual(placesIn(definitionOf(spec)), expected);
});

const map = (properties: JsonMap, required: readonly string[] = []): JsonMap => ({
  type: 'object',
  properties,
  required,
});
const context = map({privileged: {type: 'boolean'}});
const podContext = map({fsGroup: {type: 'integer'}});
const containers: JsonMap = {
  type: 'array',
  items: map({name: {}, image: {}, securityContext: context}),
};
const podSpec = map(
  {
    automountServiceAccountToken: {},
    containers,
    hostNetwork: {type: 'boolean'},
    initContainers: containers,
    securityContext: podContext,
    serviceAccountName: {},
    volumes: {},
  },
  ['containers'],
);

test('a pod template', finds, map({template: map({metadata: {}, spec: podSpec})}), [
  'template spec.template in spec',
]);
test('a pod spec alone', finds, map({pod: podSpec}), ['template spec.pod']);
test(
  'in lists and mappings',
  finds,
  map({groups: {items: map({byName: {additionalProperties: map({metadata: {}, spec: podSpec})}})}}),
  ['template spec.groups.*.byName.* in spec'],
);
test('containers that need not be there', finds, map({containers}), ['settings spec']);
test('settings of a container', finds, map({proxy: map({securityContext: context})}), [
  'settings spec.proxy [[]]',
]);
test('settings of a pod', finds, map({pod: map({securityContext: podContext})}), [
  'settings spec.pod []',
]);
test('host namespaces', finds, map({hostNetwork: {type: 'boolean'}}), ['settings spec []']);
test('other sidecars', finds, map({containers, sidecars: containers}), [
  'settings spec',
  'settings spec.sidecars.* [[]]',
]);
test('values of a chart', finds, map({values: podSpec, valuesObject: podSpec}), []);
test('an open schema', finds, {'x-kubernetes-preserve-unknown-fields': true}, []);
test('no schema', finds, ['a', null, 1], []);
test('a name that stands for any', finds, map({'*': podSpec, constructor: podSpec}), [
  'template spec.constructor',
]);

test('of two versions, the one that allows less holds', t => {
  const {required: _, ...half} = podSpec;
  t.deepEqual(placesIn(definitionOf(map({pod: podSpec}), map({pod: half}))), ['settings spec.pod']);
  t.deepEqual(placesIn(definitionOf(map({pod: half}), map({pod: podSpec}))), ['settings spec.pod']);
});

test('the form of v1beta1', t => {
  const definition: JsonMap = {
    spec: {
      group: 'example.org',
      names: {kind: 'Fleet'},
      validation: {openAPIV3Schema: map({spec: map({pod: podSpec})})},
    },
  };
  t.deepEqual(placesIn(definition), ['template spec.pod']);
});

test('a schema that contains itself ends at a depth', t => {
  const endless: {[key: string]: Json} = {};
  endless['items'] = endless;
  t.deepEqual(placesIn(definitionOf(map({a: endless}))), []);
});

test('schemas without an end are refused', t => {
  let doubled: JsonMap = map({a: {}});
  for (let depth = 0; depth < 40; depth++) doubled = map({a: doubled, b: doubled});
  t.throws(() => placesIn(definitionOf(doubled)), {message: /more than 2,000,000 parts/});
});

test('no kind has places without an end', t => {
  const pods = Object.fromEntries(Array.from({length: 5000}, (_, at) => [`p${at}`, podSpec]));
  t.is(placesIn(definitionOf(map(pods))).length, 500);
});

test('a definition is asked only for a custom kind that nobody knows', t => {
  const none = new Map();
  t.true(isOpen({group: 'example.org', kind: 'Fleet'}, none));
  t.false(isOpen({group: 'apps', kind: 'Deployment'}, none));
  t.false(isOpen({group: 'argoproj.io', kind: 'Rollout'}, none));
  t.false(isOpen({group: 'kyverno.io', kind: 'ClusterPolicy'}, none));
  t.false(isOpen({group: 'example.org', kind: 'Fleet'}, new Map([['example.org/Fleet', []]])));
});
