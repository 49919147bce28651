import type {Check} from '../language/check.ts';

/**
 * The API server gives each container port of a pod on the host network the same host port:
 * no-host-network finds those.
 */
export const noHostPort: Check = {
  rule: 'no-host-port',
  name: 'hostPorts',
  subject: 'container',
  finds:
    "c.?ports.orValue([]).exists(p, p.?hostIP.orValue('') != '' || p.?hostPort.orValue(0) != 0 && !(variables.pod.?hostNetwork.orValue(false) && p.hostPort == p.containerPort))",
  outcome: 'rewritten',
};
