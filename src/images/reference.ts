import {imageOf} from '../kubernetes/image.ts';

/** The parts of the name of an image, completed as container runtimes do. */
export interface ImageReference {
  /** A host, with a port if there is one: `docker.io`. */
  readonly registry: string;
  /** Without the registry: `library/nginx`. */
  readonly path: string;
  /** `latest` if there is neither a tag nor a digest; empty if there is only a digest. */
  readonly tag: string;
  /** `sha256:…`; empty if there is none. */
  readonly digest: string;
}

/** The parts of `text`. Nothing is checked. */
export function referenceOf(text: string): ImageReference {
  const {registry, repository, tag, digest} = imageOf(text);
  return {registry, path: repository.slice(registry.length + 1), tag, digest};
}

/** The registry and the path: `docker.io/library/nginx`. */
export const repositoryOf = ({registry, path}: ImageReference): string => `${registry}/${path}`;

/** The whole name: `docker.io/library/nginx:1.27@sha256:…`. */
export const nameOf = (reference: ImageReference): string =>
  `${repositoryOf(reference)}${suffixOf(reference)}`;

const suffixOf = ({tag, digest}: ImageReference): string =>
  `${tag === '' ? '' : `:${tag}`}${digest === '' ? '' : `@${digest}`}`;

/**
 * The algorithms that the OCI image specification registers and clients verify; also valid in RE2.
 */
const digestForm = 'sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128}';

/** The end of a name with a digest. */
export const digestAtEnd = new RegExp(`@(?:${digestForm})$`);

/** A digest alone. */
export const isDigest = (text: string): boolean => wholeDigest.test(text);

const wholeDigest = new RegExp(`^(?:${digestForm})$`);

/** `name` and `tag` of the OCI distribution specification v1.1, and the form of hosts. */
const pathForm =
  /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const tagForm = /^\w[\w.-]{0,127}$/;
const registryForm =
  /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*|\[[0-9a-fA-F:]+\])(?::[0-9]{1,5})?$/;

/** Why no registry can have an image of that name; undefined if one can. */
export function whyInvalid({registry, path, tag, digest}: ImageReference): string | undefined {
  const isHost = registryForm.test(registry) && registry.length <= 255;
  if (!isHost || !URL.canParse(`https://${registry}`)) return 'its registry is no host';
  if (!pathForm.test(path) || path.length > 255)
    return 'its repository has a form that registries refuse';
  if (tag !== '' && !tagForm.test(tag)) return 'its tag has a form that registries refuse';
  if (digest !== '' && !isDigest(digest)) return 'its digest is malformed';
  return undefined;
}
