import {concernOf} from '../../src/check/concern.ts';
import {resolvePolicy} from '../../src/config/resolve.ts';
import type {Finding} from '../../src/findings/finding.ts';
import {harden} from '../../src/harden.ts';
import type {LockedImage} from '../../src/images/image.ts';
import {podSpecsOf} from '../../src/kubernetes/pod-spec.ts';
import {mustBeNonRoot} from '../../src/kubernetes/user.ts';
import {readStream} from '../../src/stream/manifest-stream.ts';

/** What becomes of `runAsNonRoot` in containers, in the order of a table. */
export const outcomes = {
  set: 'the manifest sets `runAsNonRoot` itself',
  byManifest: 'set: the manifest has the number of the user',
  byImage: 'set: the lock file or the built-in table says that the image starts',
  asksForRoot: 'waits: the manifest asks for root',
  isRoot: 'waits: the image runs as root',
  isNamed: 'waits: the image names a user whose number nobody knows',
  isUnknown: 'waits: nobody has read the image',
  hasEvidence: 'waits: something in the manifest needs root',
  other: 'neither: the pod is only partly in the manifest, or exempt',
} as const;

export type Outcome = keyof typeof outcomes;

/** How many containers of `text` have each outcome under `restricted`. `locked` are the images of a lock file. */
export function countNonRoot(
  text: string,
  locked?: ReadonlyMap<string, LockedImage>,
): ReadonlyMap<Outcome, number> {
  const policy = resolvePolicy({profiles: ['restricted']}, locked);
  const {findings} = harden(text, 'input', policy);
  const byPath = new Map<string, Finding>();
  for (const finding of findings) {
    if (finding.rule !== 'no-root' || finding.container === undefined) continue;
    byPath.set(`${finding.source.document} ${finding.path}`, finding);
  }
  const counts = new Map<Outcome, number>();
  for (const resource of readStream(text, 'input', concernOf(policy)).resources) {
    for (const pod of podSpecsOf(resource)) {
      for (const container of pod.containers) {
        const path = `/${[...container.path, 'securityContext', 'runAsNonRoot'].join('/')}`;
        const finding = byPath.get(`${resource.document + 1} ${path}`);
        const outcome =
          finding === undefined
            ? mustBeNonRoot(container, pod)
              ? 'set'
              : 'other'
            : outcomeOf(finding);
        counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
      }
    }
  }
  return counts;
}

function outcomeOf({status, doubt = '', evidence = [], message}: Finding): Outcome {
  if (status === 'fixed') return /user \d+ is not root/.test(message) ? 'byManifest' : 'byImage';
  if (/requests root/.test(doubt)) return 'asksForRoot';
  if (/runs as root, says/.test(doubt)) return 'isRoot';
  if (/^which (?:number|user)/.test(doubt)) return 'isNamed';
  if (doubt !== '') return 'isUnknown';
  return evidence.length > 0 ? 'hasEvidence' : 'other';
}
