import {asList, asMap, asString, childrenOf, isList, isMap, type Json, valueAt} from '../json.ts';
import type {PodPlaces} from '../kubernetes/pod-places.ts';
import {podSpecsOf} from '../kubernetes/pod-spec.ts';
import type {Resource} from '../kubernetes/resource.ts';
import {isCustom} from '../kubernetes/unknown-kinds.ts';

/** The names of all images in `resource`, as it writes them. `more` are additional places of pods in the policy. */
export function* imagesIn(resource: Resource, more?: PodPlaces): Iterable<string> {
  for (const {value: pod, containers} of podSpecsOf(resource, more)) {
    for (const {value} of containers) yield* named(value['image']);
    for (const item of asList(pod['volumes'])) {
      yield* named(valueAt(asMap(item), ['image', 'reference']));
    }
  }
  if (isCustom(resource)) yield* imagesBelow(resource.value['spec'], 0);
}

function* named(value: Json | undefined): Iterable<string> {
  const text = asString(value) ?? '';
  if (text !== '') yield text;
}

/** No object of Kubernetes is nested deeper, but a hostile one may be. */
const deepest = 100;

/** What a custom resource calls an image, wherever in its specification: `image`, `baseImage`. */
function* imagesBelow(value: Json | undefined, depth: number): Iterable<string> {
  if (depth > deepest || value === undefined || !(isMap(value) || isList(value))) return;
  for (const [key, item] of childrenOf(value)) {
    const text = asString(item);
    if (text === undefined) yield* imagesBelow(item, depth + 1);
    else if (/^(?:image|[a-z][A-Za-z]*Image)$/.test(String(key)) && looksLikeName(text)) yield text;
  }
}

/** With a tag, a digest or a folder: `image: web` may be anything. */
const looksLikeName = (text: string): boolean =>
  /^[A-Za-z0-9][\w./:@-]*$/.test(text) && /[/:@]/.test(text);
