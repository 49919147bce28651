import {readFileSync} from 'node:fs';
import {servedObject} from '../../src/admission/served/served.ts';
import {Unknown, type Value} from '../../src/cel/values.ts';
import {readStream} from '../../src/stream/manifest-stream.ts';
import {clusterTest} from './cluster-test.ts';
import {controlPlaneOf} from './control-plane.ts';
import {kubectl} from './kubectl.ts';

/** What kubectl does not print, although policies see it; and the status, which is unknown. */
const uncompared = ['/metadata/managedFields', '/status'];

/**
 * What differs in the test: there is no plugin for ServiceAccounts, and the answer for a Job without labels is read once more,
 * which fills them in when policies have seen it.
 */
const expected: Readonly<Record<string, readonly RegExp[]>> = {
  Pod: [/^\/spec\/serviceAccount(?:Name)?: "default" instead of nothing$/],
  'Job many': [/^\/metadata\/labels: nothing instead of /],
};

/** The paths at which a value differs from what the API server has made of an object. */
function* differences(value: Value | undefined, json: unknown, path = ''): Iterable<string> {
  if (uncompared.includes(path)) return;
  if (value instanceof Unknown) {
    if (json === undefined) yield `${path}: is not there`;
  } else if (value instanceof Map) {
    const other = (json ?? {}) as Readonly<Record<string, unknown>>;
    const keys = new Set([...[...value.keys()].map(String), ...Object.keys(other)]);
    for (const key of keys) yield* differences(value.get(key), other[key], `${path}/${key}`);
  } else if (Array.isArray(value)) {
    const other = Array.isArray(json) ? json : [];
    for (let at = 0; at < Math.max(value.length, other.length); at++) {
      yield* differences(value[at], other[at], `${path}/${at}`);
    }
  } else {
    const plain = typeof value === 'bigint' ? Number(value) : value;
    if (plain !== json) yield `${path}: ${shown(plain)} instead of ${shown(json)}`;
  }
}

const shown = (value: unknown) => JSON.stringify(value) ?? 'nothing';

clusterTest('objects are completed as by the API server', async t => {
  const plane = await controlPlaneOf(t);
  const text = readFileSync('test/admission/objects.yaml', 'utf8');
  const {resources} = readStream(text, 'objects.yaml');
  const {stdout, all, exitCode} = await kubectl(
    plane,
    'admin',
    ['create', '--dry-run=server', '--validate=false', '--output=json', '-f', '-'],
    text,
  );
  t.is(exitCode, 0, all.slice(-1000));
  const items = JSON.parse(`[${stdout.replace(/^\}\n\{/gm, '},{')}]`) as readonly unknown[];
  t.is(items.length, resources.length);
  for (const [index, resource] of resources.entries()) {
    const found = [...differences(servedObject(resource), items[index])];
    const {kind, name} = resource;
    const isExpected = (each: string) =>
      [kind, `${kind} ${name}`].some(key => expected[key]?.some(form => form.test(each)));
    t.deepEqual(
      found.filter(each => !isExpected(each)),
      [],
      `${kind} ${name}`,
    );
  }
});
