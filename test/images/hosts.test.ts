import test from 'ava';
import type {RegistryValues} from '../../src/host/registry/ask.ts';
import {askRegistries} from '../../src/host/registry/ask.ts';
import {isInside} from '../../src/host/registry/inside.ts';

const inside = test.macro((t, host: string, expected: boolean) => {
  t.is(isInside(new URL(`https://${host}/`).hostname), expected);
});
for (const [host, expected] of [
  ['localhost', true],
  ['a.localhost:5000', true],
  ['LOCALHOST.', true],
  ['127.0.0.1', true],
  ['127.1', true],
  ['2130706433:80', true],
  ['0x7f.1', true],
  ['0.0.0.0', true],
  ['10.255.0.1:5000', true],
  ['100.64.0.1', true],
  ['169.254.169.254', true],
  ['172.31.0.1', true],
  ['192.168.1.1', true],
  ['255.255.255.255', true],
  ['[::1]', true],
  ['[::ffff:169.254.169.254]', true],
  ['[fd00::1]', true],
  ['[fe80::1]', true],
  ['[64:ff9b::a00:1]', true],
  ['[2002:a00:1::]', true],
  ['[2606:4700::1]', false],
  ['172.32.0.1', false],
  ['8.8.8.8', false],
  ['10.example.com', false],
  ['127.0.0.1.example.com', false],
  ['localhost.example.com', false],
  ['registry.internal', false],
] as const) {
  test(`${host} is ${expected ? '' : 'not '}inside the network`, inside, host, expected);
}

/** Why an image is not read: nothing is asked, so this takes no time. */
async function reasonFor(image: string, values: Partial<RegistryValues> = {}): Promise<string> {
  const {failed} = await askRegistries([image], new Map(), {
    values: {mirrors: {}, ...values},
    isCheck: true,
    day: '2026-12-01',
    signal: new AbortController().signal,
  });
  return failed.map(({reason}) => reason).join('\n');
}

const unasked = test.macro(async (t, image: string, expected: RegExp) => {
  t.regex(await reasonFor(image), expected);
});
for (const image of [
  'localhost:22/a:1',
  'localhost/a:1',
  '169.254.169.254/latest:1',
  '127.1:443/a:1',
  '[::1]:5000/a:1',
  '[::ffff:a9fe:a9fe]/a:1',
  '10.0.0.5:5000/a:1',
]) {
  test(
    `${image} is not asked`,
    unasked,
    image,
    /is not asked: it is an address inside your network/,
  );
}
for (const image of [
  'user:secret@example.com/a:1',
  'example.com\n169.254.169.254/a:1',
  'example.com/../../a:1',
  'example.com/a/..%2f..:1',
  'example.com/a:1?x=1',
  'example.com/a:../../b',
  'example.com:99999/a:1',
  '999.999.999.999/a:1',
  'exa mple.com/a:1',
  'example.com\\@10.0.0.1/a:1',
  'example.com#/a:1',
  'éxample.com/a:1',
]) {
  test(`${JSON.stringify(image)} names no image`, unasked, image, /^it names no image: /);
}

test('only what the policy allows is asked', async t => {
  const allowed = ['127.0.0.1:9/shop'];
  const notAllowed = /127\.0\.0\.1:9 is not asked: it is none of the registries/;
  t.regex(await reasonFor('127.0.0.1:9/shopping/a:1', {allowed}), notAllowed);
  t.regex(await reasonFor('nginx:1', {allowed}), /docker\.io is not asked/);
  t.regex(await reasonFor('127.0.0.1:9/shop/a:1', {allowed}), /127\.0\.0\.1:9 does not answer/);
  const mirrors = {'docker.io': '127.0.0.1:9/shop'};
  t.regex(await reasonFor('nginx:1', {allowed, mirrors}), /127\.0\.0\.1:9 does not answer/);
});

test.serial('a registry inside the network is asked if the user is logged in there', async t => {
  process.env['DOCKER_AUTH_CONFIG'] = '{"auths": {"127.0.0.1:9": {}}}';
  t.teardown(() => {
    delete process.env['DOCKER_AUTH_CONFIG'];
  });
  t.regex(await reasonFor('127.0.0.1:9/a:1'), /127\.0\.0\.1:9 does not answer/);
});
