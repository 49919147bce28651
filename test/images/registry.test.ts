import test, {type ExecutionContext} from 'ava';
import {type Asked, askRegistries, type RegistryValues} from '../../src/host/registry/ask.ts';
import {answerTo, bytesOf} from '../../src/host/registry/request.ts';
import type {LockedImage} from '../../src/images/image.ts';
import {type Handler, imageOf, indexOf, send, serve, type TestServer} from './registry-server.ts';

interface Options extends Partial<RegistryValues> {
  readonly isCheck?: boolean;
  readonly before?: ReadonlyMap<string, LockedImage>;
  readonly signal?: AbortSignal;
  readonly more?: readonly TestServer[];
}

/** What is said about the image `web:1` of a server. */
async function ask(
  {host}: TestServer,
  {isCheck = false, before = new Map(), signal, more = [], ...values}: Options = {},
): Promise<Asked> {
  const insecure = [host, ...more.map(each => each.host)];
  return askRegistries([`${host}/web:1`], before, {
    values: {'insecure-registry': insecure, mirrors: {}, ...values},
    isCheck,
    day: '2026-12-01',
    signal: signal ?? new AbortController().signal,
  });
}

const entryIn = ({entries}: Asked): LockedImage | undefined => [...entries.values()][0];
const reasonIn = ({failed}: Asked): string => failed.map(({reason}) => reason).join('\n');

test('an index with two platforms, of which one has another user', async t => {
  const image = indexOf({
    amd64: {config: {User: '1001', ExposedPorts: {'80/tcp': {}, '9': {}}, Volumes: {'/data': {}}}},
    arm64: {config: {User: 'web'}},
    s390x: {config: {User: ''}},
  });
  const server = await serve(t, (request, response) => send(image, request, response));
  const entry = entryIn(await ask(server));
  t.is(entry?.digest, image.digest);
  t.deepEqual(entry?.config, {
    user: '1001',
    uid: 1001,
    ports: ['80/tcp', '9/tcp'],
    volumes: ['/data'],
  });
  t.deepEqual([...(entry?.platforms?.keys() ?? [])].sort(), [
    'linux/amd64',
    'linux/arm64',
    'linux/s390x',
  ]);
  t.deepEqual(entry?.platforms?.get('linux/arm64')?.config, {user: 'web'});
  t.is(entry?.platforms?.get('linux/s390x')?.config, undefined);
});

test('a platform has its variants', async t => {
  const image = indexOf({
    'arm/v6': {config: {User: '6'}},
    'arm/v7': {config: {User: '7'}},
    'arm64/v8': {config: {User: '8'}},
  });
  const server = await serve(t, (request, response) => send(image, request, response));
  const usual = entryIn(await ask(server));
  t.is(usual?.config.uid, 8);
  t.deepEqual([...(usual?.platforms?.keys() ?? [])].sort(), [
    'linux/arm/v6',
    'linux/arm/v7',
    'linux/arm64/v8',
  ]);
  t.is(entryIn(await ask(server, {platform: ['linux/arm/v7']}))?.config.uid, 7);
  t.is(entryIn(await ask(server, {platform: ['linux/arm']}))?.config.uid, 6);
  t.is(entryIn(await ask(server, {platform: ['linux/s390x']}))?.config.uid, 6);
});

test('an image is read at its mirror, under its own name', async t => {
  const image = imageOf({config: {User: '5'}}, 'hub/library/web');
  const server = await serve(t, (request, response) => send(image, request, response));
  const name = 'docker.io/library/web:1';
  const {entries, failed} = await askRegistries([name], new Map(), {
    values: {
      'insecure-registry': [server.host],
      mirrors: {'docker.io': `${server.host}/hub`, 'docker.io/other': 'registry.example.com'},
    },
    isCheck: false,
    day: '2026-12-01',
    signal: new AbortController().signal,
  });
  t.deepEqual(failed, []);
  t.is(entries.get(name)?.config.uid, 5);
  t.true(server.seen.every(({path}) => path.startsWith('/v2/hub/library/web/')));
});

test('what has not changed stays as it is in the file, with what people have added', async t => {
  const image = imageOf({config: {User: 'web'}});
  const server = await serve(t, (request, response) => send(image, request, response));
  const first = entryIn(await ask(server));
  t.truthy(first);
  if (first === undefined) return;
  const name = `${server.host}/web:1`;
  const known = {
    ...first,
    read: '2025-01-01',
    writes: ['/tmp'],
    config: {user: 'web', uid: 7, gid: 8},
  };
  t.is(entryIn(await ask(server, {before: new Map([[name, known]])})), known);
  const moved = {...known, digest: `sha256:${'0'.repeat(64)}`};
  const again = entryIn(await ask(server, {before: new Map([[name, moved]])}));
  t.deepEqual(again?.config, {user: 'web'});
  t.deepEqual(again?.writes, ['/tmp']);
  t.is(again?.read, '2026-12-01');
});

test('only the manifest is asked for where only the tag counts', async t => {
  const image = imageOf({});
  const server = await serve(t, (request, response) => send(image, request, response));
  const {digests} = await ask(server, {isCheck: true});
  t.deepEqual([...digests.values()], [image.digest]);
  t.deepEqual(
    server.seen.map(({path}) => path),
    ['/v2/web/manifests/1'],
  );
});

const image = imageOf({config: {User: '5'}});
const user = Buffer.from('me:secret').toString('base64');
const withUser = (t: ExecutionContext, host: string) => {
  process.env['DOCKER_AUTH_CONFIG'] = JSON.stringify({auths: {[host]: {auth: user}}});
  t.teardown(() => {
    delete process.env['DOCKER_AUTH_CONFIG'];
  });
};

/** Gives a token at /token to whoever has the password, and everything to whoever has the token. */
const guarded =
  (realm: (host: string) => string): Handler =>
  (request, response, host) => {
    const {url = '', headers} = request;
    if (url.startsWith('/token?')) {
      if (headers.authorization !== `Basic ${user}`) response.writeHead(401).end();
      else response.writeHead(200).end(JSON.stringify({token: 'abc'}));
      return true;
    }
    if (headers.authorization === 'Bearer abc') return send(image, request, response);
    const challenge = `Bearer realm="${realm(host)}",service="a",scope="repository:web:push,pull"`;
    response.writeHead(401, {'www-authenticate': challenge}).end();
    return true;
  };

test.serial('a token is asked for with the user’s password, once, to read', async t => {
  const server = await serve(
    t,
    guarded(host => `http://${host}/token`),
  );
  withUser(t, server.host);
  t.is(entryIn(await ask(server))?.config.uid, 5);
  const tokens = server.seen.filter(({path}) => path.startsWith('/token'));
  t.deepEqual(
    tokens.map(({path}) => path),
    ['/token?service=a&scope=repository%3Aweb%3Apull'],
  );
});

test.serial('without a password there is no token', async t => {
  const server = await serve(
    t,
    guarded(host => `http://${host}/token`),
  );
  t.regex(reasonIn(await ask(server)), /gives no token \(401\)/);
});

test.serial('a password goes to no other host that the registry names', async t => {
  const other = await serve(
    t,
    guarded(() => ''),
  );
  const server = await serve(
    t,
    guarded(() => `http://${other.host}/token`),
  );
  withUser(t, server.host);
  t.regex(reasonIn(await ask(server, {more: [other]})), /wants a token from .*--token-host 127/);
  t.is(other.seen.length, 0);
  t.regex(reasonIn(await ask(server)), /without encryption/);
  const trusting = {more: [other], 'token-host': [other.host]};
  t.is(entryIn(await ask(server, trusting))?.config.uid, 5);
  t.regex(reasonIn(await ask(server, {...trusting, 'same-host': true})), /--same-host forbids/);
});

test.serial('a password alone is enough where the registry asks for it', async t => {
  const server = await serve(t, (request, response) => {
    if (request.headers.authorization === `Basic ${user}`) return send(image, request, response);
    response.writeHead(401, {'www-authenticate': 'Basic realm="a"'}).end();
    return true;
  });
  t.regex(reasonIn(await ask(server)), /asks for a user and a password: run `docker login/);
  withUser(t, server.host);
  t.is(entryIn(await ask(server))?.config.uid, 5);
});

test.serial('blobs on another host are read without the credentials', async t => {
  const other = await serve(t, (request, response) => send(image, request, response));
  const server = await serve(t, (request, response) => {
    if (request.headers.authorization !== `Basic ${user}`) {
      response.writeHead(401, {'www-authenticate': 'Basic realm="a"'}).end();
      return true;
    }
    if (!request.url?.includes('/blobs/')) return send(image, request, response);
    response.writeHead(307, {location: `http://${other.host}${request.url}`}).end();
    return true;
  });
  withUser(t, server.host);
  t.is(entryIn(await ask(server, {more: [other]}))?.config.uid, 5);
  t.deepEqual(
    other.seen.map(({authorization}) => authorization),
    [undefined],
  );
  t.regex(reasonIn(await ask(server, {more: [other], 'same-host': true})), /--same-host forbids/);
  t.is(other.seen.length, 1);
});

const redirects = test.macro(async (t, location: string, expected: RegExp) => {
  const server = await serve(t, (_, response) => {
    response.writeHead(302, {location}).end();
    return true;
  });
  t.regex(reasonIn(await ask(server)), expected);
});
for (const [location, expected] of [
  ['http://127.0.0.1:9/a', /to 127\.0\.0\.1:9 without encryption/],
  ['http://169.254.169.254/latest', /without encryption/],
  ['https://169.254.169.254/latest', /an address inside your network/],
  ['https://localhost/a', /an address inside your network/],
  ['https://[::1]/a', /an address inside your network/],
  ['https://a:b@example.com/', /with credentials/],
  ['file:///etc/passwd', /without encryption/],
  ['', /more than 5 times/],
] as const) {
  test(`a redirect to ${location || 'itself'} is not followed`, redirects, location, expected);
}

const lies = test.macro(async (t, handle: Handler, expected: RegExp) => {
  const server = await serve(t, handle);
  t.regex(reasonIn(await ask(server)), expected);
});

test(
  'a digest that a registry says, but does not send',
  lies,
  (request, response) => {
    if (!request.url?.endsWith('/manifests/1')) return send(image, request, response);
    response.writeHead(200, {'docker-content-digest': `sha256:${'1'.repeat(64)}`});
    response.end(image.contents.get('/v2/web/manifests/1'));
    return true;
  },
  /sends something else than sha256:1111/,
);

test(
  'a configuration that is not what its digest says',
  lies,
  (request, response) => {
    if (!request.url?.includes('/blobs/')) return send(image, request, response);
    const bytes = image.contents.get(request.url) ?? Buffer.alloc(0);
    response.end(Buffer.from(bytes.toString().replace('"5"', '"0"')));
    return true;
  },
  /sends something else than sha256:.*do not use it/,
);

test(
  'a configuration that is longer than it should be',
  lies,
  (request, response) => {
    if (!request.url?.includes('/blobs/')) return send(image, request, response);
    response.end(Buffer.alloc(100_000));
    return true;
  },
  /sends more than \d+ bytes/,
);

test(
  'a manifest of a gigabyte',
  lies,
  (_, response) => {
    response.writeHead(200, {'content-length': 1_000_000_000}).write('{');
    return true;
  },
  /sends more than 4194304 bytes/,
);

test(
  'a manifest of a gigabyte that does not say so',
  lies,
  (_, response) => {
    const part = Buffer.alloc(1_000_000, ' ');
    let count = 0;
    const more = () => {
      while (count++ < 1000) if (!response.write(part)) return;
      response.end();
    };
    response.on('drain', more);
    more();
    return true;
  },
  /sends more than 4194304 bytes/,
);

for (const [title, body, expected] of [
  ['no JSON', 'a', /the manifest is no JSON/],
  ['a list', '[]', /no JSON object/],
  ['the first schema', '{"schemaVersion": 1}', /schemaVersion: 2/],
  [
    'an index that is an image too',
    '{"schemaVersion":2,"manifests":[],"config":{}}',
    /both an index and an image/,
  ],
  ['an empty index', '{"schemaVersion":2,"manifests":[]}', /no image for any platform/],
  [
    'a path for a digest',
    '{"schemaVersion":2,"config":{"digest":"../../a","size":1}}',
    /without a valid digest/,
  ],
  [
    'a negative size',
    `{"schemaVersion":2,"config":{"digest":"sha256:${'a'.repeat(64)}","size":-1}}`,
    /without a valid digest and size/,
  ],
] as const) {
  test(
    `a manifest that is ${title}`,
    lies,
    (_, response) => {
      response.end(body);
      return true;
    },
    expected,
  );
}

test('too many requests: the registry gets the time that it asks for', async t => {
  let count = 0;
  const server = await serve(t, (request, response) => {
    if (count++ > 0) return send(image, request, response);
    response.writeHead(429, {'retry-after': '1'}).end();
    return true;
  });
  t.is(entryIn(await ask(server))?.config.uid, 5);
});

test(
  'a registry that asks for an hour is not waited for',
  lies,
  (_, response) => {
    response.writeHead(429, {'retry-after': '3600'}).end();
    return true;
  },
  /has had too many requests \(429\)/,
);

test('a registry that hangs is left when the command is told to stop', async t => {
  const server = await serve(t, () => true);
  const controller = new AbortController();
  setTimeout(() => controller.abort(new Error('told to stop')), 200);
  await t.throwsAsync(ask(server, {signal: controller.signal}), {message: 'told to stop'});
});

test('a registry that hangs is left when the time is up', async t => {
  const {host} = await serve(t, () => true);
  const {signal} = new AbortController();
  const reach = {insecure: new Set([host]), isSameHost: false, named: new Set<string>(), signal};
  const answer = answerTo({url: new URL(`http://${host}/`), timeLimit: 200}, reach);
  await t.throwsAsync(answer, {message: `${host} does not answer in time`});
});

test('a registry that stops in the middle is left when the time is up', async t => {
  const {host} = await serve(t, (_, response) => {
    response.writeHead(200).write('{');
    return true;
  });
  const url = new URL(`http://${host}/`);
  const {signal} = new AbortController();
  const reach = {insecure: new Set([host]), isSameHost: false, named: new Set<string>(), signal};
  const response = await answerTo({url, timeLimit: 3000}, reach);
  await t.throwsAsync(bytesOf(response, 10, url), {message: `${host} does not send all in time`});
});

test('nothing answers', async t => {
  const asked = await ask({host: '127.0.0.1:9', seen: []});
  t.regex(reasonIn(asked), /127\.0\.0\.1:9 does not answer: /);
});

test('a host elsewhere is never asked without encryption', async t => {
  const asked = ask(
    {host: '127.0.0.1:9', seen: []},
    {'insecure-registry': ['registry.example.com']},
  );
  await t.throwsAsync(asked, {message: /must be a registry on this machine/});
});

test('a connection that breaks is made again, and what came before is forgotten', async t => {
  let count = 0;
  const server = await serve(t, (request, response) => {
    if (!request.url?.includes('/blobs/') || count++ > 0) return send(image, request, response);
    response.writeHead(200).write('{"config');
    setTimeout(() => response.destroy(), 50);
    return true;
  });
  t.is(entryIn(await ask(server))?.config.uid, 5);
  t.is(server.seen.filter(({path}) => path.includes('/blobs/')).length, 2);
});

test('a connection that always breaks is not made for ever', async t => {
  const server = await serve(t, (request, response) => {
    if (!request.url?.includes('/blobs/')) return send(image, request, response);
    response.writeHead(200).write('{"config');
    setTimeout(() => response.destroy(), 50);
    return true;
  });
  t.regex(reasonIn(await ask(server)), /127\.0\.0\.1:\d+ breaks off/);
  t.is(server.seen.filter(({path}) => path.includes('/blobs/')).length, 3);
});

test.serial('a token without a password may come from another host', async t => {
  const other = await serve(t, (request, response) => {
    if (!request.url?.startsWith('/token?')) return false;
    response.end(JSON.stringify({token: request.headers.authorization ?? 'abc'}));
    return true;
  });
  const server = await serve(
    t,
    guarded(() => `http://${other.host}/token`),
  );
  t.is(entryIn(await ask(server, {more: [other]}))?.config.uid, 5);
  t.regex(reasonIn(await ask(server)), /without encryption/);
});
