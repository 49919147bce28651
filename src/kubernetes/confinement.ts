/** How pods choose their profiles of seccomp and AppArmor: see "Pod Security Standards" of Kubernetes. */

/** The types of a profile, in a field, that confine a container. */
export const confiningTypes = ['RuntimeDefault', 'Localhost'];

/** The minor version of the standards that reads the field `seccompProfile`; before it, annotations. */
export const seccompFieldSince = 19;

/** The annotation of a pod that chooses the seccomp profile of its containers. */
export const podSeccompAnnotation = 'seccomp.security.alpha.kubernetes.io/pod';

/** The same for one container, whose name follows. */
export const containerSeccompPrefix = 'container.seccomp.security.alpha.kubernetes.io/';

/** Before the name of a container: the annotation of a pod that chooses its AppArmor profile. */
export const containerAppArmorPrefix = 'container.apparmor.security.beta.kubernetes.io/';

/** What such an annotation may be, beside a profile of the node's. */
export const defaultProfiles = {
  seccomp: ['runtime/default', 'docker/default'],
  appArmor: ['', 'runtime/default'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** Before the name of a profile of the node's. */
export const localhostPrefix = 'localhost/';

/** Whether the profile that an annotation names confines a container. */
export const isConfined = (by: keyof typeof defaultProfiles, profile: string): boolean =>
  defaultProfiles[by].some(each => each === profile) || profile.startsWith(localhostPrefix);
