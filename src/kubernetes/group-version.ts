import {isDomain, isVersionLabel} from './names.ts';

/** A parsed `apiVersion`. */
export interface GroupVersion {
  /** "apps" of `apps/v1`; empty for the core group, of `v1` and `/v1`. */
  readonly group: string;
  readonly version: string;
}

/**
 * The group and the version of an `apiVersion`, split as ParseGroupVersion of
 * k8s.io/apimachinery/pkg/runtime/schema does: `/v1` is `v1`, and `a/b/c` is nothing. Also
 * undefined if no API server can serve it: a group is a subdomain and a version a label, for
 * CustomResourceDefinitions and APIServices alike. A missing version (`apps/`) is the one that the
 * server prefers, which is unknown here.
 */
export function parseGroupVersion(apiVersion: string): GroupVersion | undefined {
  const [first = '', second, ...more] = apiVersion.split('/');
  if (more.length > 0) return undefined;
  const [group, version] = second === undefined ? ['', first] : [first, second];
  const isServable = (group === '' || isDomain(group)) && isVersionLabel(version);
  return isServable ? {group, version} : undefined;
}

/**
 * Whether an API server can serve a kind with that name: names of kinds are labels in upper or
 * lower case.
 */
export const isKind = (text: string): boolean =>
  /^[-A-Za-z0-9]*$/.test(text) && isVersionLabel(text.toLowerCase());
