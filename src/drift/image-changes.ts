import {imageOf} from '../kubernetes/image.ts';
import type {ListChange} from './change.ts';
import type {Fact} from './posture.ts';

/**
 * What changed about the images of an object: where they come from, whether they are pinned, and what
 * their tags stand for. Another tag is no change of this kind: it is what an upgrade is.
 */
export function* imageChanges(
  before: readonly Fact[],
  after: readonly Fact[],
): Iterable<ListChange> {
  const [former, current] = [byContainer(before), byContainer(after)];
  for (const [container, text] of current) {
    const known = former.get(container);
    if (known === undefined)
      yield {direction: 'worse', severity: 'low', text: `${container} is new: ${text}`};
    else if (known !== text) yield* changesOf(container, known, text);
  }
  for (const [container, text] of former) {
    if (!current.has(container)) {
      yield {direction: 'better', severity: 'low', text: `${container} is gone: ${text}`};
    }
  }
}

/** An image contains no space. */
const byContainer = (facts: readonly Fact[]): ReadonlyMap<string, string> =>
  new Map(
    facts.map(({text}) => {
      const at = text.lastIndexOf(' ');
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );

function* changesOf(container: string, before: string, after: string): Iterable<ListChange> {
  const [former, current] = [lockedImageOf(before), lockedImageOf(after)];
  const told = `${container} ${after} (was ${before})`;
  const worse = (severity: Fact['severity'], what: string): ListChange => ({
    direction: 'worse',
    severity,
    text: `${what}: ${told}`,
  });
  if (former.registry !== current.registry) yield worse('high', 'another registry');
  else if (former.repository !== current.repository) yield worse('medium', 'another repository');
  else if (
    former.tag === current.tag &&
    former.tag !== '' &&
    former.known !== current.known &&
    former.known !== '' &&
    current.known !== ''
  ) {
    yield worse('high', 'another digest of the same tag');
  }
  if (former.digest !== '' && current.digest === '') yield worse('medium', 'no longer pinned');
  else if (former.tag !== 'latest' && current.tag === 'latest' && current.digest === '') {
    yield worse('medium', 'latest');
  }
  if (former.digest === '' && current.digest !== '') {
    yield {direction: 'better', severity: 'low', text: `pinned: ${told}`};
  }
}

/** An image as a fact has it: `known` is its digest, or that in the lock file of images. */
function lockedImageOf(text: string) {
  const [name = '', locked = ''] = text.split('=', 2);
  const image = imageOf(name);
  return {...image, known: image.digest === '' ? locked : image.digest};
}
