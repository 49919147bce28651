import {readFileSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import {knownTableSource, repository} from '../../scripts/images/known-table.ts';
import {ImageBook} from '../../src/images/book.ts';

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
  ['nginx:1.17', undefined],
  ['nginx:1.31.9', 0],
  ['nginx:1.32', undefined],
  ['nginx:1', undefined],
  ['nginx:latest', undefined],
  ['nginx', undefined],
  ['nginx:1.27-otel', undefined],
  ['nginx:1.27.x', undefined],
  [`nginx@sha256:${'0'.repeat(64)}`, undefined],
  ['memcached:1.6.38', 11211],
  ['memcached:1.6.39', undefined],
  ['memcached:1.6', undefined],
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
  t.deepEqual(facts?.writes, ['/run', '/tmp', '/var/cache/nginx']);
  t.regex(facts?.instead ?? '', /nginx-unprivileged/);
});
