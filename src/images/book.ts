import type {ImageFacts} from './facts.ts';
import type {ImageConfig, LockedImage} from './image.ts';
import {knownFacts} from './known/find.ts';
import {type ImageReference, nameOf, referenceOf, repositoryOf} from './reference.ts';

/** Prefixes of repositories, and where the same images are: `docker.io` → `mirror.example.com/hub`. */
export type Mirrors = Readonly<Record<string, string>>;

/** Everything that is known about images. It is data: nothing asks a registry. */
export class ImageBook {
  readonly #locked: ReadonlyMap<string, LockedImage>;
  readonly #byDigest = new Map<string, string>();
  readonly #found = new Map<string, ImageFacts | undefined>();
  readonly mirrors: Mirrors;

  /** Whether there is a lock file. */
  readonly isLocked: boolean;

  /** `locked` are the images of a lock file, by their whole names. */
  constructor(locked?: ReadonlyMap<string, LockedImage>, mirrors: Mirrors = {}) {
    this.isLocked = locked !== undefined;
    this.#locked = locked ?? new Map();
    this.mirrors = mirrors;
    for (const [name, {digest, platforms}] of this.#locked) {
      const repository = repositoryOf(referenceOf(name));
      for (const each of [digest, ...(platforms?.values() ?? [])]) {
        const text = typeof each === 'string' ? each : each?.digest;
        if (text !== undefined) this.#byDigest.set(`${repository}@${text}`, name);
      }
    }
  }

  /** What is known about the image that a manifest calls `text`; undefined if nothing is. */
  factsOf(text: string): ImageFacts | undefined {
    if (!this.#found.has(text)) this.#found.set(text, this.#find(text));
    return this.#found.get(text);
  }

  /** The name under which the lock file has the image that a manifest calls `text`; undefined if it has none. */
  nameOf(text: string): string | undefined {
    for (const reference of originals(referenceOf(text), this.mirrors)) {
      const name = this.#nameOf(reference);
      if (name !== undefined) return name;
    }
    return undefined;
  }

  #find(text: string): ImageFacts | undefined {
    for (const reference of originals(referenceOf(text), this.mirrors)) {
      const known = knownFacts(reference);
      const name = this.#nameOf(reference);
      const locked = name === undefined ? undefined : this.#locked.get(name);
      if (locked !== undefined) return factsIn(locked, known);
      if (known !== undefined) return known;
    }
    return undefined;
  }

  /** A digest decides, whatever tag stands before it. */
  #nameOf(reference: ImageReference): string | undefined {
    const name = nameOf(reference);
    if (this.#locked.has(name)) return name;
    const {digest} = reference;
    return digest === '' ? undefined : this.#byDigest.get(`${repositoryOf(reference)}@${digest}`);
  }
}

/** `reference`, and what it is a mirror of. */
function originals(reference: ImageReference, mirrors: Mirrors): readonly ImageReference[] {
  const repository = repositoryOf(reference);
  return [
    reference,
    ...Object.entries(mirrors)
      .filter(([, mirror]) => isBelow(repository, mirror))
      .map(([prefix, mirror]) => moved(reference, mirror, prefix)),
  ];
}

/** `reference` in its mirror, if it has one: the longest prefix counts. */
export function mirrored(reference: ImageReference, mirrors: Mirrors): ImageReference | undefined {
  const repository = repositoryOf(reference);
  const [found] = Object.entries(mirrors)
    .filter(([prefix]) => isBelow(repository, prefix))
    .sort(([one], [other]) => other.length - one.length);
  return found === undefined ? undefined : moved(reference, ...found);
}

/** Whether a repository is in a registry or a folder of one, or is it. */
export const isBelow = (repository: string, prefix: string): boolean =>
  repository === prefix || repository.startsWith(`${prefix}/`);

function moved(reference: ImageReference, from: string, to: string): ImageReference {
  const repository = `${to}${repositoryOf(reference).slice(from.length)}`;
  const {registry, path} = referenceOf(repository);
  return {...reference, registry, path};
}

function factsIn({digest, config, platforms, writes}: LockedImage, known?: ImageFacts): ImageFacts {
  const configs = [
    config,
    ...[...(platforms?.values() ?? [])].flatMap(platform => platform.config ?? []),
  ];
  const same = <Key extends 'uid' | 'user' | 'gid'>(key: Key): ImageConfig[Key] | undefined =>
    configs.every(each => each[key] === config[key]) ? config[key] : undefined;
  const isRoot = configs.some(({uid}) => uid === 0);
  return {
    uid: isRoot ? 0 : same('uid'),
    user: same('user'),
    gid: same('gid'),
    ports: [...new Set(configs.flatMap(({ports = []}) => ports))],
    volumes: [...new Set(configs.flatMap(({volumes = []}) => volumes))],
    writes: writes ?? known?.writes,
    digest,
    isLocked: true,
    source: 'the lock file',
    ...(known?.instead === undefined ? {} : {instead: known.instead}),
  };
}
