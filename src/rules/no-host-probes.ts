import {remove} from '../edits.ts';
import {hostCallsOf} from '../kubernetes/handlers.ts';
import type {Rule} from './rule.ts';

/**
 * Restricted fields, in containers and init containers, from v1.34 on: `httpGet.host` and
 * `tcpSocket.host` of `livenessProbe`, `readinessProbe`, `startupProbe`, `lifecycle.postStart` and
 * `lifecycle.preStop`: must be absent or empty.
 */
export const noHostProbes: Rule = {
  id: 'no-host-probes',
  title: 'Probes and lifecycle handlers must not call another host',
  severity: 'medium',
  remedy: 'Remove `host` from probes and lifecycle handlers.',
  rationale:
    'The kubelet runs probes from the network of the node: with `host`, it can call what the pod itself cannot reach, including the loopback interface of the node.',
  rewrite: {
    does: 'removes `host`, so that the call goes to the pod itself',
    disruption: 'possible',
    effect: 'takes',
  },
  references: {
    podSecurity: {level: 'baseline', control: 'Host Probes / Lifecycle Hooks', since: 'v1.34'},
  },
  *checkContainer(container) {
    for (const {container: name, host, path} of hostCallsOf(container)) {
      yield {
        path,
        container: name,
        message: `\`${path.at(-3)}\` of container "${name}" must not call the host "${host}": the kubelet makes the call, from the network of the node`,
        edits: [remove(path)],
      };
    }
  },
};
