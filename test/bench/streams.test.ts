import test from 'ava';
import {countDocuments, smallChart, streamOf} from '../../bench/streams.ts';
import {resolvePolicy} from '../../src/config/resolve.ts';
import {harden} from '../../src/harden.ts';
import {readStream} from '../../src/stream/manifest-stream.ts';

/** The documents of all fixtures together. */
const release = 65;

for (const count of [1, 10, release, 100, 1000]) {
  test(`a stream of ${count} holds as many documents, and no object twice`, t => {
    const {resources} = readStream(streamOf(count), 'in');
    t.is(new Set(resources.map(({document}) => document)).size, count);
    t.is(countDocuments(streamOf(count)), count);
    const names = resources.map(
      ({apiVersion, kind, namespace, name}) => `${apiVersion} ${kind} ${namespace} ${name}`,
    );
    t.is(new Set(names).size, resources.length);
  });
}

test('each copy is a release of its own: what is found in one is found in each', t => {
  const [one, three] = [release, 3 * release].map(
    count => harden(streamOf(count), 'in', resolvePolicy({})).summary,
  );
  t.true((one?.findings ?? 0) > 50);
  t.deepEqual(
    three,
    one && Object.fromEntries(Object.entries(one).map(([figure, value]) => [figure, 3 * value])),
  );
});

test('the shortest stream holds a workload', t => {
  t.is(readStream(streamOf(1), 'in').resources[0]?.kind, 'DaemonSet');
});

test('the small chart is one of 4 documents', t => {
  t.is(harden(smallChart(), 'in', resolvePolicy({})).summary.documents, 4);
});
