/** `latest`, or a minor version of Kubernetes such as `v1.34`. */
export const podSecurityVersionPattern = /^(?:latest|v1\.(\d{1,3}))$/;

/** The minor of a version that matches the pattern: 34 for `v1.34`, Infinity for the latest. */
export function minorOf(version: string): number {
  const minor = podSecurityVersionPattern.exec(version)?.[1];
  return minor === undefined ? Number.POSITIVE_INFINITY : Number(minor);
}

/**
 * The newest version of the standards that the rules implement: that of
 * k8s.io/pod-security-admission v0.37.
 */
export const newestMinor = 37;

/** The version for a minor: the inverse. */
export const versionOf = (minor: number): string =>
  Number.isFinite(minor) ? `v1.${minor}` : 'latest';
