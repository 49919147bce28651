import type {Check} from '../check.ts';

const handlers = [
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle.?postStart',
  'lifecycle.?preStop',
].map(field => `c.?${field}`);

export const noHostProbes: Check = {
  rule: 'no-host-probes',
  name: 'hostProbes',
  subject: 'container',
  finds: `[${handlers.join(', ')}].exists(p, p.?httpGet.?host.orValue('') != '' || p.?tcpSocket.?host.orValue('') != '')`,
  message: 'remove `host` from the probes and lifecycle handlers of containers',
  outcome: 'rewritten',
  since: 34,
};
