import {UsageError} from '../../errors.ts';
import {entryOf} from '../../images/assemble.ts';
import type {Mirrors} from '../../images/book.ts';
import type {LockedImage, Verification} from '../../images/image.ts';
import {ImageError} from '../../images/manifest.ts';
import {referenceOf} from '../../images/reference.ts';
import {type Cosign, CosignError, cosignFrom} from './cosign.ts';
import {CredentialStore} from './credentials.ts';
import {readImage} from './read-image.ts';
import {localSources, type Places, sourceOf} from './sources.ts';

/** The options that say which registries are asked, and how, for `parseArgs` of node:util. */
export const registryOptions = {
  from: {type: 'string', multiple: true},
  platform: {type: 'string', multiple: true},
  passwd: {type: 'boolean'},
  'insecure-registry': {type: 'string', multiple: true},
  'token-host': {type: 'string', multiple: true},
  'same-host': {type: 'boolean'},
  verify: {type: 'boolean'},
  'cosign-key': {type: 'string'},
  'cosign-identity': {type: 'string'},
  'cosign-issuer': {type: 'string'},
} as const;

type Values = {
  readonly [name in keyof typeof registryOptions]?: (typeof registryOptions)[name] extends {
    readonly multiple: true;
  }
    ? readonly string[] | undefined
    : (typeof registryOptions)[name]['type'] extends 'boolean'
      ? boolean | undefined
      : string | undefined;
};

export type RegistryValues = Values & {
  readonly mirrors: Mirrors;
  /** The registries that the policy allows, or folders of them; undefined if it allows any. */
  readonly allowed?: readonly string[] | undefined;
};

/** Something that could not be read or verified, and why. */
export interface Failure {
  readonly file: string;
  readonly reason: string;
}

/** What the registries have said about images, by their whole names. */
export interface Asked {
  /** What each tag stands for now. */
  readonly digests: ReadonlyMap<string, string | undefined>;
  /** The entries for the lock file; empty if only tags were checked. */
  readonly entries: ReadonlyMap<string, LockedImage>;
  readonly failed: readonly Failure[];
  /** What cosign did not verify. */
  readonly refused: readonly Failure[];
}

interface Question {
  readonly values: RegistryValues;
  /** Whether only the tags are checked. */
  readonly isCheck: boolean;
  readonly day: string;
  readonly signal: AbortSignal;
}

/** How many images are asked for at once. */
const atOnce = 4;

/** The platforms whose configuration is read: those of most nodes. */
const usualPlatforms = ['linux/amd64', 'linux/arm64'];

/**
 * Asks about the images with the whole names `names`. What fails hides nothing else. `before` is what the lock file says.
 *
 * @throws {UsageError} if an option is wrong
 */
export async function askRegistries(
  names: readonly string[],
  before: ReadonlyMap<string, LockedImage>,
  {values, isCheck, day, signal}: Question,
): Promise<Asked> {
  const places = await placesFor(values, signal);
  const cosign = cosignFrom(values, signal);
  const digests = new Map<string, string | undefined>();
  const entries = new Map<string, LockedImage>();
  const failed: Failure[] = [];
  const refused: Failure[] = [];
  const waiting = [...names];
  const platforms = platformsIn(values.platform);
  const work = async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      signal.throwIfAborted();
      try {
        const source = sourceOf(name, places);
        const {tag, digest} = referenceOf(name);
        const what = digest === '' ? tag : digest;
        if (isCheck) {
          const found = await source.manifest(what);
          digests.set(name, source.hasDigests ? found.digest : undefined);
          continue;
        }
        const read = await readImage(source, {
          what,
          platforms,
          wantsNumbers: values.passwd === true,
        });
        digests.set(name, read.digest);
        const entry = entryOf(read, day, before.get(name));
        entries.set(name, await withVerdict(name, entry, cosign, day, refused));
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof ImageError || error instanceof UsageError)) throw error;
        failed.push({file: name, reason: error.message});
      }
    }
  };
  await Promise.all(Array.from({length: atOnce}, work));
  return {digests: sorted(digests), entries, failed: byName(failed), refused: byName(refused)};
}

const sorted = <Value>(map: ReadonlyMap<string, Value>): ReadonlyMap<string, Value> =>
  new Map([...map].sort(([one], [other]) => (one < other ? -1 : 1)));

const byName = (failures: readonly Failure[]): readonly Failure[] =>
  [...failures].sort((one, other) => (one.file < other.file ? -1 : 1));

/** `entry` with what cosign says about its digest, if it is asked. */
async function withVerdict(
  name: string,
  entry: LockedImage,
  cosign: Cosign | undefined,
  day: string,
  refused: Failure[],
): Promise<LockedImage> {
  const {digest, verified, ...rest} = entry;
  if (cosign === undefined || digest === undefined) return entry;
  if (verified?.digest === digest && verified.by === cosign.by) return entry;
  try {
    await cosign.verify(name, digest);
    const verdict: Verification = {digest, by: cosign.by, day};
    return {...rest, digest, verified: verdict};
  } catch (error) {
    if (!(error instanceof CosignError)) throw error;
    refused.push({file: name, reason: error.message});
    return {...rest, digest};
  }
}

async function placesFor(values: RegistryValues, signal: AbortSignal): Promise<Places> {
  const {mirrors, allowed} = values;
  const insecure = new Set((values['insecure-registry'] ?? []).map(requireLoopback));
  const trusted = new Set(values['token-host'] ?? []);
  const credentials = new CredentialStore(process.env, signal);
  const inPolicy = [...(allowed ?? []), ...Object.values(mirrors)].map(registryIn);
  const named = new Set([...insecure, ...trusted, ...inPolicy, ...credentials.registries]);
  const reach = {insecure, named, isSameHost: values['same-host'] === true, signal};
  const local = await localSources(values.from ?? []);
  return {local, mirrors, allowed, credentials, hosts: {reach, trusted}};
}

/** The registry of a folder of one. */
const registryIn = (prefix: string): string => prefix.split('/', 1)[0] ?? '';

/** @throws {UsageError} if a host is not this machine: elsewhere, HTTP would send what anyone may read and change */
function requireLoopback(host: string): string {
  if (/^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/.test(host)) return host;
  throw new UsageError(
    `--insecure-registry must be a registry on this machine, such as localhost:5000, not "${host}"`,
  );
}

/** @throws {UsageError} if one is no platform */
function platformsIn(texts: readonly string[] | undefined): readonly string[] {
  const wrong = texts?.find(text => !/^[a-z0-9]+\/[a-z0-9]+(?:\/[a-z0-9]+)?$/.test(text));
  if (wrong === undefined) return texts ?? usualPlatforms;
  throw new UsageError(`--platform must be like linux/amd64, not "${wrong}"`);
}
