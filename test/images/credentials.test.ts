import {mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test from 'ava';
import {UsageError} from '../../src/errors.ts';
import {CredentialStore} from '../../src/host/registry/credentials.ts';

const folderFor = (): string => mkdtempSync(path.join(tmpdir(), 'kube-harden-credentials-'));

const basic = (text: string): string => Buffer.from(text).toString('base64');

/** A store with such a configuration of Docker, and helpers by their names, each a shell script. */
function storeFor(config: object, helpers: Readonly<Record<string, string>> = {}): CredentialStore {
  const folder = folderFor();
  writeFileSync(path.join(folder, 'config.json'), JSON.stringify(config));
  const bin = folderFor();
  for (const [name, script] of Object.entries(helpers)) {
    const file = path.join(bin, `docker-credential-${name}`);
    writeFileSync(file, `#!/bin/sh\n${script}\n`, {mode: 0o755});
  }
  const PATH = [bin, process.env['PATH']].join(path.delimiter);
  return new CredentialStore({PATH, DOCKER_CONFIG: folder}, new AbortController().signal);
}

/** Gives a password that ends in the key on its stdin. */
const telling = (user: string): string =>
  `read -r key\n[ "$1" = get ] || exit 3\nprintf '{"ServerURL":"%s","Username":"${user}","Secret":"for %s"}' "$key" "$key"`;

test('a registry gets only its own credentials', async t => {
  const store = storeFor({
    auths: {
      'https://registry.example.com/v1/': {auth: basic('me:se:cret')},
      'other.example.com:5000': {username: 'you', password: 'p'},
      'token.example.com': {identitytoken: 'long', auth: basic('me:')},
      'https://index.docker.io/v1/': {auth: basic('hub:key')},
      'empty.example.com': {},
    },
  });
  t.deepEqual(await store.of('registry.example.com'), {user: 'me', password: 'se:cret'});
  t.deepEqual(await store.of('other.example.com:5000'), {user: 'you', password: 'p'});
  t.deepEqual(await store.of('token.example.com'), {identityToken: 'long'});
  t.deepEqual(await store.of('docker.io'), {user: 'hub', password: 'key'});
  for (const other of [
    'other.example.com',
    'example.com',
    'registry.example.com.evil.example',
    'evil.registry.example.com',
    'empty.example.com',
    'constructor',
    '__proto__',
  ]) {
    t.is(await store.of(other), undefined, other);
  }
});

test('the helper of a registry counts before the store, and the store before what the file has', async t => {
  const store = storeFor(
    {
      auths: {
        'a.example.com': {auth: basic('file:a')},
        'none.example.com': {auth: basic('file:n')},
      },
      credsStore: 'all',
      credHelpers: {'a.example.com': 'one'},
    },
    {
      one: telling('one'),
      all: `read -r key\ncase "$key" in none*) echo 'credentials not found in native keychain'; exit 1;; esac\nprintf '{"Username":"<token>","Secret":"%s"}' "$key"`,
    },
  );
  t.deepEqual(await store.of('a.example.com'), {user: 'one', password: 'for a.example.com'});
  t.deepEqual(await store.of('docker.io'), {identityToken: 'https://index.docker.io/v1/'});
  t.deepEqual(await store.of('none.example.com'), {user: 'file', password: 'n'});
});

const refuses = test.macro(async (t, helper: string, script: string, expected: RegExp) => {
  const store = storeFor({credsStore: helper}, {a: script});
  const error = await t.throwsAsync(store.of('a.example.com'), {instanceOf: UsageError});
  t.regex(error?.message ?? '', expected);
  t.notRegex(error?.message ?? '', /secret/);
});
for (const [title, helper, script, expected] of [
  ['is not there', 'b', '', /docker-credential-b is not on the PATH/],
  ['is a path', '../../bin/a', '', /is not on the PATH/],
  [
    'fails',
    'a',
    'echo secret >&2; exit 1',
    /docker-credential-a fails: run `docker-credential-a get`/,
  ],
  ['prints something else', 'a', 'echo secret', /docker-credential-a prints no JSON/],
] as const) {
  test(`a helper that ${title}`, refuses, helper, script, expected);
}

test('the environment counts before the file', async t => {
  const {signal} = new AbortController();
  const folder = folderFor();
  const DOCKER_AUTH_CONFIG = JSON.stringify({auths: {'a.example.com': {auth: basic('env:1')}}});
  const file = JSON.stringify({auths: {'a.example.com': {auth: basic('file:2')}}});
  writeFileSync(path.join(folder, 'config.json'), file);
  const of = (environment: NodeJS.ProcessEnv) =>
    new CredentialStore(environment, signal).of('a.example.com');
  t.deepEqual(await of({DOCKER_CONFIG: folder, DOCKER_AUTH_CONFIG}), {user: 'env', password: '1'});
  t.deepEqual(await of({DOCKER_CONFIG: folder}), {user: 'file', password: '2'});
  t.is(await of({DOCKER_CONFIG: folderFor()}), undefined);
  const error = t.throws(() => new CredentialStore({DOCKER_AUTH_CONFIG: 'secret'}, signal));
  t.regex(error?.message ?? '', /it is no JSON, as a configuration of Docker must be/);
});
