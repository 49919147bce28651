const own = 'c.?securityContext';
const shared = 'variables.pod.?securityContext';

/** CEL for the number of the user that a container `c` runs as, where the manifest tells. */
export const userOf = `${own}.?runAsUser.or(${shared}.?runAsUser)`;

/** As `mayBeRoot`: by the number of the user, or else for want of a promise. */
export const mayBeRoot = `${userOf}.optMap(u, u == 0).orValue(!${own}.?runAsNonRoot.or(${shared}.?runAsNonRoot).orValue(false))`;
