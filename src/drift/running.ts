import type {GroupKind} from '../kubernetes/resource.ts';
import {kindTitle} from '../kubernetes/stable-names.ts';
import {objectIn} from './compare.ts';
import type {Posture} from './posture.ts';

/**
 * Two postures of which the second is what runs, without what cannot be compared: hooks that have done
 * their work, kinds that were not read, and exceptions, which are in no cluster. Without `kinds`, all
 * were read.
 */
export function comparable(
  before: Posture,
  running: Posture,
  kinds: readonly GroupKind[] | undefined,
): readonly [Posture, Posture] {
  const read = kinds === undefined ? undefined : new Set(kinds.map(kindTitle));
  const isCompared = (title: string) =>
    read?.has(kindIn(title)) !== false &&
    (before.objects.get(title)?.isHook !== true || running.objects.has(title));
  return [limited(before, isCompared), limited(running, isCompared)];
}

function limited({objects, findings}: Posture, isCompared: (title: string) => boolean): Posture {
  return {
    objects: new Map([...objects].filter(([title]) => isCompared(title))),
    exceptions: [],
    findings: findings.filter(({text}) => isCompared(objectIn(text))),
  };
}

/** A quoted title is no name of Kubernetes: its kind follows the quote. */
const kindIn = (title: string): string => title.replace(/^"/, '').split('/', 1)[0] ?? '';
