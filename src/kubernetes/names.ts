/** A DNS label (RFC 1123), like names of namespaces and containers. */
export const isDnsLabel = (text: string): boolean =>
  /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/.test(text);

/** A DNS label (RFC 1035), like versions and, except for upper case, kinds. */
export const isVersionLabel = (text: string): boolean =>
  /^[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?$/.test(text);

/** See "Labels and Selectors" in the Kubernetes documentation, "Syntax and character set". */
export const isLabelValue = (text: string): boolean => text === '' || isLabelName(text);

const isLabelName = (text: string): boolean =>
  /^[A-Za-z0-9](?:[-\w.]{0,61}[A-Za-z0-9])?$/.test(text);

/** A name, with or without a domain before it. */
export function isLabelKey(text: string): boolean {
  const [first = '', second, ...more] = text.split('/');
  if (second === undefined) return isLabelName(first);
  return more.length === 0 && isDomain(first) && isLabelName(second);
}

/** A DNS subdomain (RFC 1123), like API groups and the names of most objects. */
export const isDomain = (text: string): boolean =>
  text.length <= 253 &&
  text.split('.').every(label => /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/.test(label));

/** The name of a port: IsValidPortName of k8s.io/apimachinery. */
export const isPortName = (text: string): boolean =>
  /^[a-z0-9](?:[-a-z0-9]{0,13}[a-z0-9])?$/.test(text) && /[a-z]/.test(text) && !text.includes('--');
