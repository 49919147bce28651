import {type Edit, remove} from '../edits.ts';
import {asList, asMap} from '../json.ts';
import type {Rule} from './rule.ts';

/**
 * Restricted fields, in containers, init and ephemeral containers:
 *
 * - `ports[*].hostPort`: must be absent or 0
 * - `ports[*].hostIP`: must be absent or empty
 *
 * On the host network the API server sets `hostPort` again for each `containerPort`: while
 * `hostNetwork` stays, the finding is only flagged.
 */
export const noHostPort: Rule = {
  id: 'no-host-port',
  title: 'Containers must not use host ports',
  severity: 'high',
  remedy: 'Remove `hostPort` and `hostIP`, and reach the port through a Service.',
  rationale:
    'A host port opens the container on every address of its node and bypasses Services, Ingresses and most network policies: whoever can reach the node can reach the container.',
  rewrite: {
    does: 'removes `hostPort` and `hostIP`; keeps the container port for Services',
    disruption: 'possible',
    effect: 'takes',
  },
  references: {
    podSecurity: {level: 'baseline', control: 'Host Ports'},
    cis: ['5.2.12'],
    kubescape: ['C-0044'],
    nsa: 'Kubernetes Pod security',
    nist: ['CM-6', 'CM-6(1)'],
  },
  isExposure: true,
  // Kinds with possible evidence against the rewrite.
  kinds: ['Service', 'Endpoints', 'EndpointSlice', 'NetworkPolicy'],
  *checkContainer(container, pod) {
    for (const [index, item] of asList(container.value['ports']).entries()) {
      const port = asMap(item);
      if (port === undefined) continue;
      const path = [...container.path, 'ports', index];
      const edits: Edit[] = ['hostPort', 'hostIP']
        .filter(key => port[key] !== undefined)
        .map(key => remove([...path, key]));
      const rewrite = pod.value['hostNetwork'] === true ? {} : {edits};
      const hostPort = port['hostPort'];
      if (hostPort !== undefined && hostPort !== null && hostPort !== 0) {
        yield {
          path: [...path, 'hostPort'],
          container: container.name,
          message: `\`hostPort: ${JSON.stringify(hostPort)}\` opens container "${container.name}" on every address of its node, bypassing Services and network policies`,
          ...rewrite,
          ...(typeof hostPort === 'number' ? {uses: {hostPorts: [hostPort]}} : {}),
        };
      } else if (port['hostIP'] !== undefined && port['hostIP'] !== null && port['hostIP'] !== '') {
        yield {
          path: [...path, 'hostIP'],
          container: container.name,
          message: `\`hostIP: ${JSON.stringify(port['hostIP'])}\` binds container "${container.name}" to an address of its node`,
          ...rewrite,
        };
      }
    }
  },
};
