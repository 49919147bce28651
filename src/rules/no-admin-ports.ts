import {asList, asMap, type JsonMap, type Path, valueAt} from '../json.ts';
import type {Rule, Violation} from './rule.ts';

/** Ports of remote administration, as IANA or the software documents them. */
export const adminPorts: Readonly<Record<number, string>> = {
  22: 'SSH',
  23: 'Telnet',
  512: 'rexec',
  513: 'rlogin',
  514: 'rsh',
  2375: 'the Docker API',
  2376: 'the Docker API',
  2379: 'etcd',
  2380: 'etcd',
  3389: 'RDP',
  5900: 'VNC',
  5985: 'WinRM',
  5986: 'WinRM',
  10250: 'the kubelet',
  10255: 'the kubelet',
};

/** The port that means SSH inside of a container, too; a client may use the others. */
export const sshPort = 22;

/**
 * Restricted fields:
 *
 * - Service `spec.ports[*].port` and `targetPort`: must not be a port of remote administration
 * - container `ports[*].containerPort`: must not be that of SSH
 */
export const noAdminPorts: Rule = {
  id: 'no-admin-ports',
  title: 'Remote administration must not be a Service',
  severity: 'medium',
  remedy:
    'Remove the port, and use `kubectl exec` or `kubectl port-forward`, which ask the API server.',
  rationale:
    'SSH and its kin ask neither RBAC nor the audit log of the API server: an attacker with a key or a password controls the container, and nobody sees it.',
  references: {kubescape: ['C-0042'], mitre: ['T1133']},
  kinds: ['Service'],
  *checkResource({kind, group, value}) {
    if (kind !== 'Service' || group !== '') return;
    const type = valueAt(value, ['spec', 'type']);
    const isOutside = type === 'LoadBalancer' || type === 'NodePort';
    for (const [index, item] of asList(valueAt(value, ['spec', 'ports'])).entries()) {
      const found = portIn(asMap(item), ['spec', 'ports', index]);
      if (found !== undefined) yield isOutside ? {...found, severity: 'high'} : found;
    }
  },
  *checkContainer({name, value, path}) {
    for (const [index, item] of asList(value['ports']).entries()) {
      const port = asMap(item)?.['containerPort'];
      if (port !== sshPort) continue;
      yield {
        path: [...path, 'ports', index, 'containerPort'],
        container: name,
        severity: 'low',
        message: `container "${name}" listens on port ${port}, that of SSH: it has a way in that the API server does not see`,
      };
    }
  },
};

function portIn(port: JsonMap | undefined, path: Path): Violation | undefined {
  for (const field of ['targetPort', 'port']) {
    const number = port?.[field];
    const software = typeof number === 'number' ? adminPorts[number] : undefined;
    if (software === undefined) continue;
    const message = `\`${field}: ${String(number)}\` is that of ${software}: whoever reaches the Service can try to take over what is behind it`;
    return {path: [...path, field], message};
  }
  return undefined;
}
