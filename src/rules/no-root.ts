import {type Edit, remove, set} from '../edits.ts';
import type {ImageFacts} from '../images/facts.ts';
import {asMap, asString} from '../json.ts';
import {isRelaxedByUserNamespace} from '../kubernetes/pod-platform.ts';
import type {Container, PodSpec} from '../kubernetes/pod-spec.ts';
import {mustBeNonRoot, userOf} from '../kubernetes/user.ts';
import {asksForRoot} from './no-root-user.ts';
import type {Rule, Violation} from './rule.ts';

/**
 * Restricted field: `securityContext.runAsNonRoot` of containers, init and ephemeral containers:
 * must be true, or absent if the pod's is true; the pod's must not be false.
 *
 * Pods with `hostUsers: false` are exempt from v1.35 on: their root has no rights on the node.
 *
 * Each container is reported, not the pod, so that an exception can cover one container, such as an
 * init container that changes the owner of a volume. User 0 is removed if `runAsNonRoot` is set:
 * the kubelet starts no container with both. If no manifest sets another user, only the image shows
 * whether the container starts at all: what the lock file of images, or the built-in table, says about
 * it decides. If it runs as root, or nothing is known about it, the rewrite waits.
 */
export const noRoot: Rule = {
  id: 'no-root',
  title: 'Containers must not run as root',
  severity: 'medium',
  remedy: 'Use an image that runs as a numeric user other than root, and set `runAsNonRoot: true`.',
  rationale:
    'Root in a container is root on the node once any isolation fails: through a bug in the runtime or the kernel, or a mounted folder.',
  rewrite: {
    does: 'sets `runAsNonRoot: true`, with the number of the user where the image sets a name, and removes `runAsUser: 0`; the image must then set a user',
    disruption: 'likely',
    effect: 'fills',
    mayStopStart: true,
  },
  references: {
    podSecurity: {level: 'restricted', control: 'Running as Non-root'},
    cis: ['5.2.7'],
    kubescape: ['C-0013'],
    nsa: 'Kubernetes Pod security',
    mitre: ['T1611'],
  },
  *checkPod(pod, {policy}) {
    if (asMap(pod.value['securityContext'])?.['runAsNonRoot'] !== false) return;
    if (isRelaxedByUserNamespace(pod, policy.podSecurityMinor)) return;
    const path = [...pod.path, 'securityContext', 'runAsNonRoot'];
    const message = '`runAsNonRoot: false` lets the containers of the pod run as root';
    yield {path, message, edits: [remove(path)]};
  },
  *checkContainer(container, pod, {policy}) {
    if (mustBeNonRoot(container, pod)) return;
    if (isRelaxedByUserNamespace(pod, policy.podSecurityMinor)) return;
    const path = [...container.path, 'securityContext', 'runAsNonRoot'];
    const facts = policy.images.factsOf(asString(container.value['image']) ?? '');
    const numbered = numberOf(container, pod, facts);
    yield {
      path,
      container: container.name,
      message: `\`runAsNonRoot\` of container "${container.name}" must be true: ${whyOf(container, pod)}${numbered?.told ?? ''}`,
      ...doubtOf(container, pod, facts),
      edits: [set(path, true), ...withoutRootUser(container, pod), ...(numbered?.edits ?? [])],
    };
  },
};

function whyOf(container: Container, pod: PodSpec): string {
  const user = userOf(container, pod);
  return user === undefined || user === 0
    ? 'nothing prevents it from running as root'
    : `user ${user} is not root, but nothing would stop a change to root`;
}

/** The kubelet starts a container only if its user is a number other than 0. */
function doubtOf(
  container: Container,
  pod: PodSpec,
  facts: ImageFacts | undefined,
): Pick<Violation, 'doubt' | 'effect' | 'isProven' | 'settledBy'> {
  const user = userOf(container, pod);
  if (user === 0) return {effect: 'takes', doubt: asksForRoot(`container "${container.name}"`)};
  if (user !== undefined) return {};
  const image = asString(container.value['image']) ?? '';
  if (facts === undefined) return {doubt: unknown(image), settledBy: 'images'};
  if (facts.uid === 0) return {doubt: asRoot(container.name, image, facts)};
  if (facts.uid === undefined) {
    return facts.user === undefined
      ? {doubt: differing(image, facts)}
      : {doubt: named(image, facts.user), settledBy: 'images --passwd'};
  }
  if (isNamed(facts) && pod.form === 'settings') return {doubt: unsettable(image, facts)};
  return isNamed(facts) && hasUnknownGroup(container, pod, facts)
    ? {doubt: grouped(image, facts), settledBy: 'images --passwd'}
    : {isProven: true};
}

const unknown = (image: string): string =>
  `whether the image "${image}" runs as root; with \`runAsNonRoot\` the kubelet starts it only if its user is a number other than 0: \`kube-harden images TARGET\` asks its registry`;

const asRoot = (container: string, image: string, {source, instead}: ImageFacts): string =>
  `whether container "${container}" can run as a user other than root: its image "${image}" runs as root, says ${source}${instead === undefined ? '' : `; instead, use ${instead}`}`;

const differing = (image: string, {source}: ImageFacts): string =>
  `which user the image "${image}" runs as: ${source} has another one for each platform`;

const named = (image: string, user: string): string =>
  `which number the user "${user}" of the image "${image}" has, which the kubelet must know: \`kube-harden images --passwd TARGET\` looks it up, or add \`uid\` to the lock file`;

const unsettable = (image: string, {user, uid}: ImageFacts): string =>
  `whether the pods may get \`runAsUser: ${uid}\`: the image "${image}" names its user "${user}" in letters, which the kubelet refuses`;

const grouped = (image: string, {user}: ImageFacts): string =>
  `which number the group of the user "${user}" of the image "${image}" has: \`kube-harden images --passwd TARGET\` looks it up`;

/** Whether an image sets its user in letters, which the kubelet does not take for another one than root. */
const isNamed = ({user}: ImageFacts): boolean => user === undefined || !/^\d+(?::|$)/.test(user);

/** With `runAsUser`, the runtime forgets the group that the image sets. */
const hasUnknownGroup = (container: Container, pod: PodSpec, {user, gid}: ImageFacts): boolean =>
  gid === undefined && (user?.includes(':') ?? true) && !setsGroup(container, pod);

const setsGroup = (container: Container, pod: PodSpec): boolean =>
  [container, pod].some(({value}) => asMap(value['securityContext'])?.['runAsGroup'] !== undefined);

interface Numbered {
  readonly edits: readonly Edit[];
  /** The end of a message. */
  readonly told: string;
}

/** The edits that set the user of an image by its number, if nothing else sets one. */
function numberOf(
  container: Container,
  pod: PodSpec,
  facts: ImageFacts | undefined,
): Numbered | undefined {
  if (facts?.uid === undefined || facts.uid === 0 || !isNamed(facts)) return undefined;
  if (userOf(container, pod) !== undefined) return undefined;
  const at = (field: string, id: number) => set([...container.path, 'securityContext', field], id);
  const isFree = facts.gid !== undefined && !setsGroup(container, pod);
  return {
    edits: [
      at('runAsUser', facts.uid),
      ...(isFree && facts.gid !== undefined ? [at('runAsGroup', facts.gid)] : []),
    ],
    told: `; its image names its user${facts.user === undefined ? '' : ` "${facts.user}"`}, which is ${facts.uid}, says ${facts.source}`,
  };
}

/** The edits that remove user 0 from the container, or from its pod. */
function withoutRootUser(container: Container, pod: PodSpec): readonly Edit[] {
  const own = asMap(container.value['securityContext'])?.['runAsUser'] ?? undefined;
  const user = own ?? asMap(pod.value['securityContext'])?.['runAsUser'];
  if (user !== 0) return [];
  const holder = own === undefined ? pod : container;
  return [remove([...holder.path, 'securityContext', 'runAsUser'])];
}
