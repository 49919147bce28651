import {readFileSync} from 'node:fs';
import test from 'ava';
import {servedObject} from '../../src/admission/served/served.ts';
import {canonicalQuantity} from '../../src/cel/quantity.ts';
import {Unknown, type Value} from '../../src/cel/values.ts';
import {isMap, type JsonMap} from '../../src/json.ts';
import {toResource} from '../../src/kubernetes/resource.ts';
import {readStream} from '../../src/stream/manifest-stream.ts';
import {toolPath} from '../tools/tools.ts';
import {testWithTools} from '../tools/with-tools.ts';
import {objectTypes, typesFile} from './object-types.ts';

const oracle = 'admission-policy-oracle';

testWithTools(oracle)('the fields of kinds are those of k8s.io/api', async t => {
  t.is(await objectTypes(toolPath(oracle)), readFileSync(typesFile, 'utf8'));
});

/** A value as JSON, without what is unknown. */
function plain(value: Value): unknown {
  if (value instanceof Map) {
    return Object.fromEntries(
      [...value].flatMap(([key, item]) =>
        item instanceof Unknown ? [] : [[String(key), plain(item)]],
      ),
    );
  }
  if (Array.isArray(value)) return value.map(item => plain(item));
  return typeof value === 'bigint' ? Number(value) : value;
}

const served = (object: JsonMap) => plain(servedObject(toResource(object, [], 0))) as JsonMap;

// What a real API server says about these objects: test/cluster/served.test.ts.
test('a completed object stays as it is', t => {
  const {resources} = readStream(readFileSync('test/admission/objects.yaml', 'utf8'), 'in');
  t.true(resources.length > 40);
  for (const {value, kind, name} of resources) {
    const once = served(value);
    t.deepEqual(served(once), once, `${kind} ${name}`);
  }
});

test('the manifest itself is not changed', t => {
  const {resources} = readStream(readFileSync('test/admission/objects.yaml', 'utf8'), 'in');
  const before = JSON.stringify(resources);
  for (const resource of resources) servedObject(resource);
  t.is(JSON.stringify(resources), before);
});

// Quantity.String() of k8s.io/apimachinery, after SetDefaults_ResourceList.
for (const [text, usual] of [
  ['0', '0'],
  ['000', '0'],
  ['1', '1'],
  ['1000m', '1'],
  ['0.5', '500m'],
  ['.5', '500m'],
  ['1500m', '1500m'],
  ['100u', '1m'],
  ['-100u', '-1m'],
  ['1000', '1k'],
  ['1024', '1024'],
  ['1024Ki', '1Mi'],
  ['1.5Gi', '1536Mi'],
  ['0.5Ki', '512'],
  ['1Ki', '1Ki'],
  ['1e3', '1e3'],
  ['12e2', '1200'],
  ['1E', '1E'],
  ['1E3', '1e3'],
  ['10000000k', '10G'],
] as const) {
  test(`the quantity ${text} is ${usual}`, t => {
    t.is(canonicalQuantity(text), usual);
    t.is(canonicalQuantity(usual), usual);
  });
}

test('what is no quantity, or would be rounded by much, is left as it is', t => {
  for (const text of ['', 'a', '1x', '1 Gi', '99999999999999999999']) {
    t.is(canonicalQuantity(text), undefined);
  }
});

test('what the API server would refuse is shown as it is written, whatever it is', t => {
  for (const spec of [null, [], 'text', 1, true, {containers: {}}, {containers: [null, 'a', []]}]) {
    const pod = {apiVersion: 'v1', kind: 'Pod', metadata: {name: 'a'}, spec};
    t.true(isMap(served(pod)));
  }
  const hostile = JSON.parse('{"__proto__": {"a": 1}, "constructor": 1, "containers": []}');
  const spec = served({apiVersion: 'v1', kind: 'Pod', metadata: {name: 'a'}, spec: hostile})[
    'spec'
  ];
  t.false(Object.hasOwn(spec as object, 'constructor'));
});
