import test from 'ava';
import {UsageError} from '../../src/errors.ts';
import type {LockedImage} from '../../src/images/image.ts';
import {readImageLock} from '../../src/images/lock/read.ts';
import {toImageLock} from '../../src/images/lock/write.ts';

const digest = (digit: string): string => `sha256:${digit.repeat(64)}`;

const images = new Map<string, LockedImage>([
  [
    `quay.io/shop/web:2@${digest('f')}`,
    {digest: digest('f'), read: '2026-12-01', config: {user: '1001:0', uid: 1001, gid: 0}},
  ],
  [
    'docker.io/library/nginx:1.27',
    {
      digest: digest('a'),
      read: '2026-11-30',
      config: {
        user: '',
        uid: 0,
        entrypoint: ['/docker-entrypoint.sh'],
        command: ['nginx', '-g', 'daemon off;'],
        ports: ['80/tcp'],
        volumes: ['/data'],
        stopSignal: 'SIGQUIT',
        labels: {licenses: 'BSD-2-Clause', source: 'https://example.com/\u0007: x # y'},
      },
      writes: ['/var/cache/nginx', '/var/run'],
      verified: {digest: digest('a'), by: 'key cosign.pub', day: '2026-12-01'},
      platforms: new Map([
        ['linux/amd64', {digest: digest('b')}],
        ['linux/arm64', {digest: digest('c'), config: {user: 'nginx'}}],
      ]),
    },
  ],
]);

test('a lock file is sorted, and has a value on each line', t => {
  const text = toImageLock(images);
  t.true(
    text.endsWith(`apiVersion: kube-harden.io/v1alpha1
kind: ImageLock
images:
  docker.io/library/nginx:1.27:
    digest: ${digest('a')}
    read: "2026-11-30"
    user: ""
    uid: 0
    entrypoint: [/docker-entrypoint.sh]
    command: [nginx, "-g", "daemon off;"]
    ports: ["80/tcp"]
    volumes: [/data]
    stopSignal: SIGQUIT
    labels:
      licenses: BSD-2-Clause
      source: "https://example.com/\\u0007: x # y"
    writes: [/var/cache/nginx, /var/run]
    verified:
      digest: ${digest('a')}
      by: "key cosign.pub"
      day: "2026-12-01"
    platforms:
      linux/amd64: ${digest('b')}
      linux/arm64:
        digest: ${digest('c')}
        user: nginx
  quay.io/shop/web:2@${digest('f')}:
    digest: ${digest('f')}
    read: "2026-12-01"
    user: "1001:0"
    uid: 1001
    gid: 0
`),
    text,
  );
});

test('a lock file is read as it was written', t => {
  t.deepEqual(readImageLock(toImageLock(images), 'a'), new Map([...images].reverse()));
  t.deepEqual(readImageLock(toImageLock(new Map()), 'a'), new Map());
});

const head = 'apiVersion: kube-harden.io/v1alpha1\nkind: ImageLock\nimages:\n  ';
const entry = (more: string): string =>
  `${head}docker.io/library/a:1:\n    read: "2026-12-01"\n${more}`;

const refuses = test.macro((t, text: string, expected: RegExp) => {
  const error = t.throws(() => readImageLock(text, 'lock.yaml'), {instanceOf: UsageError});
  const {line, column} = error?.place ?? {};
  t.regex(`${line}:${column} ${error?.message}`, expected);
});

for (const [title, text, expected] of [
  ['an empty file', '', /^1:1 the lock file is empty$/],
  [
    'another kind',
    head.replace('ImageLock', 'Pod'),
    /^2:1 a lock file must have `kind: ImageLock`/,
  ],
  ['another version', head.replace('v1alpha1', 'v2'), /^1:1 a lock file must have `apiVersion/],
  ['a merge conflict', `${head}a: {}\n<<<<<<< ours\n`, /^5:1 .*marks of a merge conflict/],
  [
    'a name that is there twice',
    entry('    user: "1"\n    uid: 1\n  docker.io/library/a:1: {}\n'),
    /twice/,
  ],
  [
    'a short name',
    `${head}nginx: {}\n`,
    /^4:\d+ an image must have its whole name: "docker.io\/library\/nginx:latest"/,
  ],
  ['no name', `${head}"docker.io/A B": {}\n`, /^4:\d+ "docker.io\/A B" names no image/],
  [
    'a name with a broken digest',
    `${head}docker.io/a/b@sha256:12: {}\n`,
    /its digest is malformed/,
  ],
  ['an unknown key', entry('    user: "1"\n    uid: 1\n    usr: a\n'), /^8:\d+ unknown key "usr"/],
  ['no user', entry(''), /^4:3 the key "user" is missing/],
  ['a number as the user', entry('    user: 5\n'), /^6:5 a text was expected/],
  [
    'a user that is not its number',
    entry('    user: "0"\n    uid: 5\n'),
    /^7:\d+ `uid` must be 0, because `user` is "0"/,
  ],
  ['root without its number', entry('    user: ""\n'), /^6:\d+ `uid` must be 0/],
  [
    'a number that is none',
    entry('    user: a\n    uid: 1.5\n'),
    /^7:\d+ must be the number of a user/,
  ],
  [
    'a broken digest',
    entry('    user: a\n    digest: sha256:zz\n'),
    /^7:\d+ a digest must be like/,
  ],
  ['no day', entry('    user: a\n').replace('12-01', '13-01'), /must be a date/],
  [
    'a folder with dots',
    entry('    user: a\n    writes: [/a/../etc]\n'),
    /^7:14 must be the absolute path/,
  ],
  ['the root as a folder', entry('    user: a\n    volumes: [/]\n'), /absolute path/],
  ['a colon in a folder', entry('    user: a\n    volumes: ["/a:b"]\n'), /absolute path/],
  ['a port that is none', entry('    user: a\n    ports: [80]\n'), /a text was expected/],
  ['a port out of range', entry('    user: a\n    ports: ["70000/tcp"]\n'), /such as "8080\/tcp"/],
  [
    'a key of prototypes',
    entry('    user: a\n    constructor: a\n'),
    /^7:\d+ unknown key "constructor"/,
  ],
  [
    'a platform that is a key of prototypes',
    entry(`    user: a\n    platforms:\n      __proto__: ${digest('a')}\n`),
    /^8:\d+ unknown key "__proto__"/,
  ],
  [
    'a platform with a broken digest',
    entry('    user: a\n    platforms:\n      linux/amd64: sha256:12\n'),
    /^8:\d+ a digest must be like/,
  ],
  [
    'a platform with an unknown key',
    entry(`    user: a\n    platforms:\n      a: {digest: ${digest('a')}, user: a, use: b}\n`),
    /^8:\d+ unknown key "use"/,
  ],
  [
    'a platform whose user is not its number',
    entry(`    user: a\n    platforms:\n      a: {digest: ${digest('a')}, user: "5", uid: 6}\n`),
    /^8:\d+ `uid` must be 5/,
  ],
  [
    'a list of platforms',
    entry('    user: a\n    platforms: []\n'),
    /^7:\d+ a mapping was expected/,
  ],
  ['labels in a list', entry('    user: a\n    labels: [a]\n'), /^7:\d+ a mapping was expected/],
  [
    'what is nested too deep',
    entry(`    user: ${'{a: '.repeat(20)}1${'}'.repeat(20)}\n`),
    /nested too deep/,
  ],
  [
    'a list of images',
    'apiVersion: kube-harden.io/v1alpha1\nkind: ImageLock\nimages: []\n',
    /^3:1 a mapping was expected/,
  ],
] as const) {
  test(`refuses ${title}`, refuses, text, expected);
}
