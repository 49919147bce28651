import {set} from '../edits.ts';
import {isBelow, mirrored} from '../images/book.ts';
import {digestAtEnd, nameOf, referenceOf, repositoryOf} from '../images/reference.ts';
import {asList, asMap, asString, type Path, valueAt} from '../json.ts';
import type {Policy} from '../policy/policy.ts';
import type {Rule, Violation} from './rule.ts';

/**
 * Restricted fields: `image` of containers, init and ephemeral containers, and
 * `volumes[*].image.reference`: must have a digest, `name@sha256:…`. A tag can be moved, and
 * `latest`, the default, is moved. A digest of the wrong length pins nothing.
 *
 * If the policy has `registries.allowed`, each image must come from one of these; if it has
 * `registries.mirrors`, from its mirror. The digest comes from the lock file of images: without an
 * entry there, an image is only flagged. A malformed digest always is: nobody knows what was meant.
 */
export const pinImages: Rule = {
  id: 'pin-images',
  title: 'Images must be pinned by digest',
  severity: 'low',
  remedy: 'Pin the image by digest: `name@sha256:DIGEST`.',
  rationale:
    'Whoever can push to the registry can move a tag: the next pod that starts runs what they pushed.',
  rewrite: {
    does: 'adds the digest that the lock file of images has, and takes the image from the mirror that the policy names',
    disruption: 'possible',
    effect: 'fills',
  },
  references: {kubescape: ['C-0075']},
  *checkContainer({name, value, path}, _, {policy}) {
    for (const violation of violationsOf(asString(value['image']), [...path, 'image'], policy)) {
      yield {...violation, container: name};
    }
  },
  *checkPod({value, path}, {policy}) {
    for (const [index, item] of asList(value['volumes']).entries()) {
      const image = asString(valueAt(asMap(item), ['image', 'reference']));
      yield* violationsOf(image, [...path, 'volumes', index, 'image', 'reference'], policy);
    }
  },
};

/** The API server treats an empty image as missing. */
function* violationsOf(image: string | undefined, path: Path, policy: Policy): Iterable<Violation> {
  if (image === undefined || image === '') return;
  const isPinned = digestAtEnd.test(image);
  if (!isPinned && image.includes('@')) {
    const message = `the image "${image}" has a malformed digest, which no runtime can verify`;
    yield {path, message};
    return;
  }
  const {registries: allowed, images} = policy;
  const reference = referenceOf(image);
  const mirror = mirrored(reference, images.mirrors);
  const repository = repositoryOf(reference);
  const wanted = wantedName(image, isPinned, policy);
  const edits = wanted === image ? {} : {edits: [set(path, wanted)]};
  const isForeign = allowed !== undefined && !allowed.some(each => isBelow(repository, each));
  if (isForeign) {
    const message = `the image "${image}" comes from "${reference.registry}", which is none of the registries that the policy allows`;
    const isMoved =
      mirror !== undefined && allowed.some(each => isBelow(repositoryOf(mirror), each));
    yield {path, message, severity: 'medium', part: 'registry', ...(isMoved ? edits : {})};
  }
  if (!isPinned) {
    yield {path, ...unpinned(image), ...edits};
  } else if (mirror !== undefined && !isForeign) {
    const message = `the image "${image}" must come from its mirror "${mirror.registry}", as the policy says`;
    yield {path, message, part: 'mirror', ...edits};
  }
}

/** A colon before the last slash is the port of a registry. */
const tag = /:([^/:@]*)$/;

function unpinned(image: string): Pick<Violation, 'message' | 'severity'> {
  const name = tag.exec(image)?.[1];
  const isLatest = name === undefined || name === 'latest';
  const message = `the image "${image}" must be pinned by digest: ${isLatest ? '`latest` is whatever was pushed last' : 'a tag can be moved'}`;
  return {message, ...(isLatest ? {severity: 'medium'} : {})};
}

/** The image with its digest, as far as that is known, from its mirror, if it has one. The tag stays for readers. */
function wantedName(image: string, isPinned: boolean, {images}: Policy): string {
  const digest = isPinned ? undefined : images.factsOf(image)?.digest;
  const mirror = mirrored(referenceOf(image), images.mirrors);
  if (mirror === undefined) return digest === undefined ? image : `${image}@${digest}`;
  return nameOf({...mirror, digest: digest ?? mirror.digest});
}
