import {type Descriptor, ImageError, manifestTypes} from '../../images/manifest.ts';
import {authorizationFor, type TokenHosts} from './authorization.ts';
import type {CredentialStore} from './credentials.ts';
import {requireDigest, sha256Of, verified} from './digest.ts';
import {answerTo, bodyOf, bytesOf, unanswered, withRetries} from './request.ts';
import {saveParts} from './save.ts';
import type {ImageSource} from './source.ts';

/** The host of Docker Hub's registry. */
const hub = 'registry-1.docker.io';

/** Manifests are short: registries must take 4 MiB. */
const mostOfManifest = 4 * 1024 * 1024;

const shortTime = 30_000;
/** For a layer of a gigabyte. */
const longTime = 600_000;

/** One repository of a registry that follows the OCI distribution specification v1.1. It is only read. */
export class RegistrySource implements ImageSource {
  readonly hasDigests = true;
  readonly #registry: string;
  readonly #path: string;
  readonly #base: URL;
  readonly #credentials: CredentialStore;
  readonly #hosts: TokenHosts;
  #authorization: Promise<string> | undefined;

  constructor(registry: string, path: string, credentials: CredentialStore, hosts: TokenHosts) {
    const isPlain = hosts.reach.insecure.has(registry);
    const host = registry === 'docker.io' ? hub : registry;
    this.#registry = registry;
    this.#path = path;
    this.#base = new URL(`${isPlain ? 'http' : 'https'}://${host}/v2/${path}/`);
    this.#credentials = credentials;
    this.#hosts = hosts;
  }

  get name(): string {
    return this.#base.host;
  }

  async manifest(what: string): Promise<{readonly bytes: Uint8Array; readonly digest: string}> {
    const url = new URL(`manifests/${what}`, this.#base);
    const {bytes, response} = await this.#whole(url, mostOfManifest, manifestTypes);
    if (what.includes(':')) {
      requireDigest(bytes, what, this.name);
      return {bytes, digest: what};
    }
    const digest = sha256Of(bytes);
    const said = response.headers.get('docker-content-digest') ?? digest;
    if (said !== digest && said.startsWith('sha256:')) requireDigest(bytes, said, this.name);
    return {bytes, digest};
  }

  async blob({digest, size}: Descriptor, most: number): Promise<Uint8Array> {
    if (size > most) throw new ImageError(`a blob has ${size} bytes, more than ${most}`);
    const url = new URL(`blobs/${digest}`, this.#base);
    const {bytes} = await this.#whole(url, size);
    requireDigest(bytes, digest, this.name);
    return bytes;
  }

  async save({digest, size}: Descriptor, most: number, file: string): Promise<void> {
    if (size > most) throw new ImageError(`a layer has ${size} bytes, more than ${most}`);
    const url = new URL(`blobs/${digest}`, this.#base);
    const save = async () => {
      const response = await this.#get(url, longTime);
      await saveParts(verified(bodyOf(response, size, url), digest, this.name), file);
    };
    await withRetries(save, url, this.#hosts.reach);
  }

  /** A short answer, with all its bytes. */
  async #whole(url: URL, most: number, accept?: readonly string[]) {
    const ask = async () => {
      const response = await this.#get(url, shortTime, accept);
      return {response, bytes: await bytesOf(response, most, url)};
    };
    return withRetries(ask, url, this.#hosts.reach);
  }

  /** The answer with status 200. @throws {ImageError} for any other */
  async #get(url: URL, timeLimit: number, accept?: readonly string[]): Promise<Response> {
    const ask = async () =>
      answerTo(
        {
          url,
          timeLimit,
          authorization: await this.#authorization,
          ...(accept === undefined ? {} : {accept}),
        },
        this.#hosts.reach,
      );
    let response = await ask();
    if (response.status === 401) {
      await response.body?.cancel();
      this.#authorization = this.#authorize(response);
      response = await ask();
    }
    if (response.status === 200) return response;
    await response.body?.cancel().catch(error => {
      throw unanswered(url, this.#hosts.reach.signal, error);
    });
    throw new ImageError(`${this.name} ${whyRefused(response.status)}`);
  }

  #authorize(refusal: Response): Promise<string> {
    const place = {registry: this.#registry, path: this.#path, base: this.#base};
    return authorizationFor(place, refusal, this.#credentials, this.#hosts);
  }
}

function whyRefused(status: number): string {
  if (status === 404) return 'has no such image';
  if (status === 401 || status === 403) {
    return `refuses access (${status}): it may have no such image, or want other credentials`;
  }
  if (status === 429) return 'has had too many requests (429): try again later, or log in';
  return `answers with status ${status}`;
}
