/** A label of DNS (RFC 1123), as names of namespaces and of containers are. */
export const isDnsLabel = (text: string): boolean =>
  /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/.test(text);

/** A label of DNS (RFC 1035), as versions and, but for capitals, kinds are. */
export const isVersionLabel = (text: string): boolean =>
  /^[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?$/.test(text);

/** See "Labels and Selectors" in the Kubernetes documentation, "Syntax and character set". */
export const isLabelValue = (text: string): boolean => text === '' || isLabelName(text);

const isLabelName = (text: string): boolean =>
  /^[A-Za-z0-9](?:[-\w.]{0,61}[A-Za-z0-9])?$/.test(text);

/** A name, behind a domain or alone. */
export function isLabelKey(text: string): boolean {
  const [first = '', second, ...more] = text.split('/');
  if (second === undefined) return isLabelName(first);
  return more.length === 0 && isDomain(first) && isLabelName(second);
}

/** A subdomain of DNS (RFC 1123), as API groups and the names of most objects are. */
export const isDomain = (text: string): boolean =>
  text.length <= 253 &&
  text.split('.').every(label => /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/.test(label));

/** The name of a port: IsValidPortName of k8s.io/apimachinery. */
export const isPortName = (text: string): boolean =>
  /^[a-z0-9](?:[-a-z0-9]{0,13}[a-z0-9])?$/.test(text) && /[a-z]/.test(text) && !text.includes('--');
