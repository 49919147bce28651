import test from 'ava';
import {ImageBook, mirrored} from '../../src/images/book.ts';
import type {LockedImage} from '../../src/images/image.ts';
import {nameOf, referenceOf, whyInvalid} from '../../src/images/reference.ts';

const digest = (digit: string): string => `sha256:${digit.repeat(64)}`;
const named = test.macro((t, text: string, expected: string) => {
  t.is(nameOf(referenceOf(text)), expected);
});
for (const [text, expected] of [
  ['nginx', 'docker.io/library/nginx:latest'],
  ['nginx:1.27', 'docker.io/library/nginx:1.27'],
  ['index.docker.io/library/nginx:1', 'docker.io/library/nginx:1'],
  ['grafana/grafana:11', 'docker.io/grafana/grafana:11'],
  ['localhost/a', 'localhost/a:latest'],
  ['127.0.0.1:5000/a:1', '127.0.0.1:5000/a:1'],
  ['quay.io/a/b@sha256:1', 'quay.io/a/b@sha256:1'],
  ['quay.io/a/b:1@sha256:1', 'quay.io/a/b:1@sha256:1'],
] as const) {
  test(`the whole name of ${text}`, named, text, expected);
}

const invalid = test.macro((t, text: string, expected: RegExp) => {
  t.regex(whyInvalid(referenceOf(text)) ?? '', expected);
});
for (const [text, expected] of [
  ['nginx:1.27', /^$/],
  ['registry.example.com:5000/a__b/c-d.e:v1_2-3', /^$/],
  ['[::1]:5000/a', /^$/],
  ['evil.example/../a', /repository/],
  ['evil.example/a//b', /repository/],
  ['evil.example/A', /repository/],
  ['a b.example/c', /registry/],
  ['user@evil.example/a', /digest/],
  ['evil.example?x=/a', /registry/],
  [`a:${'1'.repeat(129)}`, /tag/],
  ['a:', /^$/],
  ['', /repository/],
  ['{{ .Values.image }}', /repository/],
] as const) {
  test(`whether ${JSON.stringify(text).slice(0, 60)} is a name`, invalid, text, expected);
}

const locked = new Map<string, LockedImage>([
  [
    'docker.io/library/web:1',
    {
      digest: digest('a'),
      read: '2026-12-01',
      config: {user: '1001', uid: 1001, ports: ['80/tcp']},
      platforms: new Map([
        ['linux/amd64', {digest: digest('b')}],
        ['linux/arm64', {digest: digest('c'), config: {user: '', uid: 0, ports: ['81/tcp']}}],
      ]),
    },
  ],
  ['docker.io/library/api:1', {digest: digest('d'), read: '2026-12-01', config: {user: 'api'}}],
]);

test('an image that runs as root on any platform runs as root', t => {
  const facts = new ImageBook(locked).factsOf('web:1');
  t.is(facts?.uid, 0);
  t.is(facts?.user, undefined);
  t.deepEqual(facts?.ports, ['80/tcp', '81/tcp']);
});

test('an image is found by its digest, and by its name in a mirror', t => {
  const book = new ImageBook(locked, {'docker.io': 'mirror.example.com/hub'});
  t.is(book.factsOf(`api:1@${digest('d')}`)?.user, 'api');
  t.is(book.factsOf(`api:moved@${digest('d')}`)?.user, 'api');
  t.is(book.factsOf(`web@${digest('b')}`)?.uid, 0);
  t.is(book.factsOf('mirror.example.com/hub/library/api:1')?.user, 'api');
  t.is(book.factsOf(`api:1@${digest('e')}`), undefined);
  t.is(book.factsOf('api:2'), undefined);
  t.is(book.factsOf('quay.io/library/api:1'), undefined);
  t.is(book.factsOf(''), undefined);
});

test('the mirror of the longest prefix counts, and only whole folders are prefixes', t => {
  const mirrors = {'docker.io': 'm.example/hub', 'docker.io/library': 'm.example/official'};
  const name = (text: string) => {
    const found = mirrored(referenceOf(text), mirrors);
    return found === undefined ? undefined : nameOf(found);
  };
  t.is(name('nginx:1'), 'm.example/official/nginx:1');
  t.is(name('a/b:1'), 'm.example/hub/a/b:1');
  t.is(name('docker.io.evil.example/a:1'), undefined);
});
