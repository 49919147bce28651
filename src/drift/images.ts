import type {ImageBook} from '../images/book.ts';
import {asList, asMap, asString, valueAt} from '../json.ts';
import type {PodSpec} from '../kubernetes/pod-spec.ts';
import type {Resource} from '../kubernetes/resource.ts';
import type {StableNames} from '../kubernetes/stable-names.ts';
import type {Fact} from './posture.ts';

/**
 * The image of each container, and of each volume that is an image, after its name. An image without a digest is followed
 * by `=` and the digest in the lock file of images, if that has one.
 */
export function* imagesOf(
  resource: Resource,
  names: StableNames,
  pods: readonly PodSpec[],
  images: ImageBook,
): Iterable<Fact> {
  const stable = (name: string) => names.within(name, resource);
  for (const {value: pod, containers} of pods) {
    for (const {name, value} of containers) {
      const image = asString(value['image']) ?? '';
      if (image !== '')
        yield {text: `${stable(name)} ${withLocked(image, images)}`, severity: 'low'};
    }
    for (const item of asList(pod['volumes'])) {
      const volume = asMap(item);
      const image = asString(valueAt(volume, ['image', 'reference']));
      const name = asString(volume?.['name']) ?? '';
      if (image !== undefined) {
        yield {text: `${stable(name)} ${withLocked(image, images)}`, severity: 'low'};
      }
    }
  }
}

function withLocked(image: string, images: ImageBook): string {
  const facts = image.includes('@') ? undefined : images.factsOf(image);
  return facts?.digest === undefined ? image : `${image}=${facts.digest}`;
}
