import {createServer, type IncomingMessage, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import type {ExecutionContext} from 'ava';
import {sha256Of} from '../../src/host/registry/digest.ts';

/** A request that a server has seen. */
export interface Seen {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly method: string | undefined;
}

/** A registry on loopback that behaves as a test says. */
export interface TestServer {
  /** `127.0.0.1:PORT`. */
  readonly host: string;
  readonly seen: readonly Seen[];
}

export type Handler = (
  request: IncomingMessage,
  response: ServerResponse,
  host: string,
) => boolean | undefined;

/** Starts a server, and stops it after the test. What `handle` does not answer, is not there. */
export async function serve(t: ExecutionContext, handle: Handler): Promise<TestServer> {
  const seen: Seen[] = [];
  let host = '';
  const server = createServer((request, response) => {
    const {authorization} = request.headers;
    seen.push({path: request.url ?? '', authorization, method: request.method});
    if (handle(request, response, host) !== true) response.writeHead(404).end();
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {host, seen};
}

/** Blobs and manifests of an image, by their paths in the registry. */
export interface TestImage {
  readonly contents: ReadonlyMap<string, Buffer>;
  readonly digest: string;
}

const types = {
  index: 'application/vnd.oci.image.index.v1+json',
  image: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
} as const;

/** An image with the configuration `config` under the tag `tag` of `path`. */
export function imageOf(config: object, path = 'web', tag = '1'): TestImage {
  const {contents, descriptor, bytes} = partOf(config, path);
  const digest = descriptor.digest;
  return {digest, contents: new Map([...contents, [`/v2/${path}/manifests/${tag}`, bytes]])};
}

/** An index of one image for each platform, by its architecture, perhaps with a variant: `arm64/v8`. */
export function indexOf(
  configs: Readonly<Record<string, object>>,
  path = 'web',
  tag = '1',
): TestImage {
  const contents = new Map<string, Buffer>();
  const manifests: object[] = [];
  for (const [name, config] of Object.entries(configs)) {
    const [architecture, variant] = name.split('/');
    const part = partOf({...config, os: 'linux', architecture}, path);
    for (const [file, bytes] of part.contents) contents.set(file, bytes);
    manifests.push({...part.descriptor, platform: {os: 'linux', architecture, variant}});
  }
  const bytes = Buffer.from(JSON.stringify({schemaVersion: 2, mediaType: types.index, manifests}));
  contents.set(`/v2/${path}/manifests/${tag}`, bytes);
  return {digest: sha256Of(bytes), contents};
}

function partOf(config: object, path: string) {
  const configBytes = Buffer.from(JSON.stringify({os: 'linux', architecture: 'amd64', ...config}));
  const configDigest = sha256Of(configBytes);
  const bytes = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: types.image,
      config: {mediaType: types.config, digest: configDigest, size: configBytes.length},
      layers: [],
    }),
  );
  const digest = sha256Of(bytes);
  const contents = new Map([
    [`/v2/${path}/blobs/${configDigest}`, configBytes],
    [`/v2/${path}/manifests/${digest}`, bytes],
  ]);
  return {contents, bytes, descriptor: {mediaType: types.image, digest, size: bytes.length}};
}

/** Answers with the contents of an image. */
export function send(
  {contents}: TestImage,
  {url = ''}: IncomingMessage,
  response: ServerResponse,
): boolean {
  const bytes = contents.get(url);
  if (bytes === undefined) return false;
  response.writeHead(200, {'content-length': bytes.length}).end(bytes);
  return true;
}
