import type {Check} from '../language/check.ts';

const handlers = [
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle.?postStart',
  'lifecycle.?preStop',
].map(field => `c.?${field}`);

/** CEL: whether a probe or a handler of a container `c` calls a host `h` of which `isMeant` is true. */
export const callsHost = (isMeant: string): string =>
  `[${handlers.join(', ')}].exists(p, [p.?httpGet, p.?tcpSocket].exists(t, t.?host.optMap(h, ${isMeant}).orValue(false)))`;

export const noHostProbes: Check = {
  rule: 'no-host-probes',
  name: 'hostProbes',
  subject: 'container',
  finds: callsHost("h != ''"),
  outcome: 'rewritten',
};
