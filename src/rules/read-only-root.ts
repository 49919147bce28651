import {set} from '../edits.ts';
import type {ImageFacts} from '../images/facts.ts';
import {asMap, asString} from '../json.ts';
import {isWindows} from '../kubernetes/pod-platform.ts';
import type {PodSpec} from '../kubernetes/pod-spec.ts';
import type {Rule, Violation} from './rule.ts';
import {writableFolders} from './writable-folders.ts';

/**
 * Restricted field, in containers, init and ephemeral containers:
 * `securityContext.readOnlyRootFilesystem`: must be true. Pods with `spec.os.name: windows` are
 * exempt, because the API server forbids the field there.
 *
 * The folders that the image writes to, and those that it declares as volumes, get an `emptyDir`, as
 * far as nothing is mounted there. If nobody knows where it writes to, the rewrite waits.
 */
export const readOnlyRoot: Rule = {
  id: 'read-only-root',
  title: 'Containers must have a read-only root file system',
  severity: 'low',
  remedy:
    'Set `readOnlyRootFilesystem: true`, and mount an `emptyDir` at each path that the container writes to.',
  rationale:
    'An attacker who can write to the container’s files can leave tools there and change its programs. With a read-only root file system, only volumes are writable.',
  rewrite: {
    does: 'sets `readOnlyRootFilesystem: true`, and mounts an `emptyDir` at each folder that the image is known to write to',
    disruption: 'likely',
    effect: 'fills',
    mayStopStart: true,
  },
  references: {kubescape: ['C-0017'], nsa: 'Kubernetes Pod security', mitre: ['T1611']},
  *checkContainer(container, pod, {policy}) {
    const {value, path, name} = container;
    const isReadOnly = asMap(value['securityContext'])?.['readOnlyRootFilesystem'];
    if (isReadOnly === true) return;
    if (isWindows(pod)) return;
    const field = [...path, 'securityContext', 'readOnlyRootFilesystem'];
    const image = asString(value['image']) ?? '';
    const facts = policy.images.factsOf(image);
    yield {
      path: field,
      container: name,
      message: `\`readOnlyRootFilesystem\` of container "${name}" must be true: otherwise an attacker can add tools and change programs`,
      ...(isReadOnly === false ? {effect: 'takes'} : {}),
      ...doubtOf(image, pod, facts),
      edits: [set(field, true), ...writableFolders(container, pod, facts)],
    };
  },
};

/** An image writes to more than its volumes, so only somebody who knows can say where. */
function doubtOf(
  image: string,
  pod: PodSpec,
  facts: ImageFacts | undefined,
): Pick<Violation, 'doubt'> {
  if (facts?.writes === undefined) {
    return {
      doubt: `which folders the image "${image}" writes to: say so under \`writes\` in the lock file of images`,
    };
  }
  const needsVolumes = facts.writes.length + facts.volumes.length > 0;
  return needsVolumes && pod.form !== 'template'
    ? {doubt: `whether the pods have a volume for each folder that the image "${image}" writes to`}
    : {};
}
