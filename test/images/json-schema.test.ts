import {readFileSync} from 'node:fs';
import path from 'node:path';
import {Ajv2020} from 'ajv/dist/2020.js';
import test from 'ava';
import {parse} from 'yaml';
import {readImageLock} from '../../src/images/lock/read.ts';
import {repository} from '../tools/tools.ts';

const read = (file: string) => readFileSync(path.join(repository, file), 'utf8');
const ajv = new Ajv2020({strict: false, validateFormats: false});
const isAccepted = ajv.compile(JSON.parse(read('docs/images.schema.json')));

/** The example of the page, in which nearly every key occurs. */
const example = /```yaml\n(apiVersion[\s\S]*?)```/.exec(read('docs/images.md'))?.[1] ?? '';

const isRead = (text: string): boolean => {
  try {
    readImageLock(text, 'lock.yaml');
    return true;
  } catch {
    return false;
  }
};

const agrees = test.macro((t, expected: boolean, change: (text: string) => string) => {
  const text = change(example);
  t.is(text === example, false);
  t.is(isRead(text), expected, text);
  t.is(isAccepted(parse(text)), expected, JSON.stringify(isAccepted.errors));
});

test('the example of the page is a lock file for both', t => {
  t.true(isRead(example));
  t.true(isAccepted(parse(example)), JSON.stringify(isAccepted.errors));
});

const digest = `sha256:${'ab'.repeat(32)}`;
const instead = (from: string | RegExp, to: string) => (text: string) => text.replace(from, to);
for (const [title, expected, change] of [
  ['no images', true, instead(/images:\n[\s\S]*/, 'images: {}\n')],
  ['no list of images', true, instead(/images:\n[\s\S]*/, '')],
  [
    'an own user for a platform',
    true,
    instead(/linux\/amd64: .*/, `a: {digest: ${digest}, user: b}`),
  ],
  [
    'a verdict',
    true,
    instead('    user:', `    verified: {digest: ${digest}, by: a, day: "2026-12-01"}\n    user:`),
  ],
  ['an unknown key', false, instead('user:', 'usr:')],
  ['an unknown key at the top', false, instead('images:', 'image:')],
  ['a list of images', false, instead(/images:\n[\s\S]*/, 'images: []\n')],
  ['another kind', false, instead('ImageLock', 'Pod')],
  ['another version', false, instead('v1alpha1', 'v1')],
  ['no user', false, instead(/ {4}user: .*\n {4}uid: .*\n/, '')],
  ['a number as the user', false, instead('user: queue', 'user: 5')],
  ['a negative number', false, instead('uid: 999', 'uid: -1')],
  ['no whole number', false, instead('uid: 999', 'uid: 9.5')],
  ['a number that is too large', false, instead('uid: 999', 'uid: 2147483648')],
  ['a short digest', false, instead(/digest: sha256:../, 'digest: sha256:')],
  ['no day', false, instead('2026-12-01', '2026-13-01')],
  ['no port', false, instead('8080/tcp', '8080')],
  ['no folder', false, instead('writes: [/tmp]', 'writes: [tmp]')],
  ['a platform without a digest', false, instead(/linux\/amd64: .*/, 'a: {user: b}')],
  ['a name without a registry', false, instead('registry.example.com/shop/queue:1.4', 'queue')],
] as const) {
  test(`validator and JSON Schema agree about ${title}`, agrees, expected, change);
}
