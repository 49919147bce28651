import {asList, asMap, asString, type Path, valueAt} from '../json.ts';
import type {Rule, Violation} from './rule.ts';

/**
 * Restricted fields: `image` of containers, init and ephemeral containers, and
 * `volumes[*].image.reference`: must have a digest, `name@sha256:…`. A tag can be moved, and
 * `latest`, the default, is moved. A digest of the wrong length pins nothing.
 */
export const pinImages: Rule = {
  id: 'pin-images',
  title: 'Images must be pinned by digest',
  severity: 'low',
  remedy: 'Pin the image by digest: `name@sha256:DIGEST`.',
  rationale:
    'Whoever can push to the registry can move a tag: the next pod that starts runs what they pushed.',
  references: {kubescape: ['C-0075']},
  *checkContainer({name, value, path}) {
    const image = asString(value['image']);
    if (image === undefined) return;
    const violation = violationOf(image, [...path, 'image']);
    if (violation !== undefined) yield {...violation, container: name};
  },
  *checkPod({value, path}) {
    for (const [index, item] of asList(value['volumes']).entries()) {
      const image = asString(valueAt(asMap(item), ['image', 'reference']));
      if (image === undefined) continue;
      const violation = violationOf(image, [...path, 'volumes', index, 'image', 'reference']);
      if (violation !== undefined) yield violation;
    }
  },
};

/**
 * The algorithms that the OCI image specification registers and clients verify; also valid in RE2.
 */
export const digest = /@(?:sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128})$/;

/** A colon before the last slash is the port of a registry. */
const tag = /:([^/:@]*)$/;

function violationOf(image: string, path: Path): Violation | undefined {
  // The API server treats an empty image as missing.
  if (image === '' || digest.test(image)) return undefined;
  if (image.includes('@')) {
    const message = `the image "${image}" has a malformed digest, which no runtime can verify`;
    return {path, message};
  }
  const name = tag.exec(image)?.[1];
  const isLatest = name === undefined || name === 'latest';
  const message = `the image "${image}" must be pinned by digest: ${isLatest ? '`latest` is whatever was pushed last' : 'a tag can be moved'}`;
  return {path, message, ...(isLatest ? {severity: 'medium'} : {})};
}
