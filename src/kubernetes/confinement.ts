/**
 * How pods choose their seccomp and AppArmor profiles: see "Pod Security Standards" of Kubernetes.
 */

/** The types of a profile, in a field, that confine a container. */
export const confiningTypes = ['RuntimeDefault', 'Localhost'];

/**
 * The first minor version of the standards that reads the field `seccompProfile` instead of
 * annotations.
 */
export const seccompFieldSince = 19;

/** The annotation of a pod that chooses the seccomp profile of its containers. */
export const podSeccompAnnotation = 'seccomp.security.alpha.kubernetes.io/pod';

/** The same for one container, whose name follows. */
export const containerSeccompPrefix = 'container.seccomp.security.alpha.kubernetes.io/';

/**
 * The prefix, before the name of a container, of the pod annotation that chooses its AppArmor
 * profile.
 */
export const containerAppArmorPrefix = 'container.apparmor.security.beta.kubernetes.io/';

/** The values that such an annotation may have, besides a profile of the node. */
export const defaultProfiles = {
  seccomp: ['runtime/default', 'docker/default'],
  appArmor: ['', 'runtime/default'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** The prefix of the name of a profile on the node. */
export const localhostPrefix = 'localhost/';

/** Whether the profile in an annotation confines a container. */
export const isConfined = (by: keyof typeof defaultProfiles, profile: string): boolean =>
  defaultProfiles[by].some(each => each === profile) || profile.startsWith(localhostPrefix);
