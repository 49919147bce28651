const own = 'c.?securityContext';
const shared = 'variables.pod.?securityContext';

/** CEL for the numeric user that a container `c` runs as, if the manifest sets one. */
export const userOf = `${own}.?runAsUser.or(${shared}.?runAsUser)`;

/** As `mayBeRoot`: because of the user's number, or because nothing promises non-root. */
export const mayBeRoot = `${userOf}.optMap(u, u == 0).orValue(!${own}.?runAsNonRoot.or(${shared}.?runAsNonRoot).orValue(false))`;
