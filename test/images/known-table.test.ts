import {readFileSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import {knownTableSource, repository} from '../../scripts/images/known-table.ts';
import {ImageBook} from '../../src/images/book.ts';
import type {LockedImage} from '../../src/images/image.ts';
import {table} from '../../src/images/known/table.ts';

test('the built-in table is what its source says: else run `npm run known-images`', t => {
  const file = path.join(repository, 'src/images/known/table.ts');
  t.is(readFileSync(file, 'utf8'), knownTableSource());
});

const knows = test.macro((t, image: string, uid: number | undefined) => {
  t.is(new ImageBook().factsOf(image)?.uid, uid);
});
for (const [image, uid] of [
  ['nginx:1.27', 0],
  ['nginx:1.27.3-alpine', 0],
  ['nginx:1.19.3', undefined],
  ['nginx:1.30.0', 0],
  ['nginx:1.30', undefined],
  ['nginx:1.30.1', undefined],
  ['nginx:1', undefined],
  ['nginx:latest', undefined],
  ['nginx', undefined],
  ['nginx:1.27-otel', undefined],
  ['nginx:1.27.x', undefined],
  [`nginx@sha256:${'0'.repeat(64)}`, undefined],
  ['memcached:1.6.45', 11211],
  ['memcached:1.6.46', undefined],
  ['memcached:1.6', undefined],
  ['quay.io/prometheus/node-exporter:v1.12.1', 65534],
  ['prom/prometheus:v3.14.0', 65534],
  ['prom/prometheus:v3.14.0-distroless', undefined],
  ['coredns/coredns:1.10.1', 0],
  ['registry.k8s.io/coredns/coredns:v1.11.1', 65532],
  ['quay.io/prometheus/snmp-exporter:v0.30.1', 0],
  ['redis:7.2.5-alpine', 0],
  ['redis:8', undefined],
  ['jenkins/jenkins:2.568-jdk21', 1000],
  ['jenkins/jenkins:2.579-jdk21', undefined],
  ['example.com/library/nginx:1.27', undefined],
  ['constructor:1.27', undefined],
] as const) {
  test(`what is known about ${image}`, knows, image, uid);
}

test('the lock file counts before the table', t => {
  const digest = `sha256:${'1'.repeat(64)}`;
  const locked = {digest, read: '2026-12-01', config: {user: '5', uid: 5}};
  const facts = new ImageBook(new Map([['docker.io/library/nginx:1.27', locked]])).factsOf(
    'nginx:1.27',
  );
  t.is(facts?.uid, 5);
  t.deepEqual(facts?.ports, []);
  t.regex(facts?.instead ?? '', /nginx-unprivileged/);
});

test('where an image writes to counts from the table as long as the lock file does not say it', t => {
  const name = 'registry.k8s.io/metrics-server/metrics-server:v0.8.1';
  const locked = {read: '2026-12-01', config: {user: '5', uid: 5}};
  const writesOf = (entry: LockedImage) =>
    new ImageBook(new Map([[name, entry]])).factsOf(name)?.writes;
  t.deepEqual(writesOf(locked), ['/tmp']);
  t.deepEqual(writesOf({...locked, writes: []}), []);
});

test('no two entries of an image speak about the same version', t => {
  const numbersOf = (text: string) => text.split('.').map(Number);
  const isBefore = (one: string, other: string): boolean => {
    const [left, right] = [numbersOf(one), numbersOf(other)];
    const at = left.findIndex((number, index) => number !== right[index]);
    return at !== -1 && (left[at] ?? 0) < (right[at] ?? 0);
  };
  const names = Object.keys(table.images);
  t.true(names.length >= 70);
  for (const [name, entries] of Object.entries(table.images)) {
    const sorted = [...entries].sort((one, other) => (isBefore(one.since, other.since) ? -1 : 1));
    for (const [index, {since, until}] of sorted.entries()) {
      t.false(isBefore(until, since), name);
      const next = sorted[index + 1];
      if (next !== undefined) t.true(isBefore(until, next.since), `${name} ${until}`);
    }
  }
});
