import {remove} from '../edits.ts';
import {asList, asMap, type Path} from '../json.ts';
import {hostProcessFieldsOf} from '../kubernetes/host-process.ts';
import type {PodSpec} from '../kubernetes/pod-spec.ts';
import type {Rule} from './rule.ts';

/**
 * Restricted field: pod `spec.hostNetwork`: must be absent or false.
 *
 * With it every container port is a host port, and the API server sets `hostPort` for each
 * `containerPort`. These, and the DNS policy that only such pods need, are removed with it. A
 * Windows pod of HostProcess containers must have the field: while it stays one, the finding is
 * only flagged.
 */
export const noHostNetwork: Rule = {
  id: 'no-host-network',
  title: 'Pods must not use the host network',
  severity: 'high',
  remedy: 'Remove `hostNetwork: true`, and reach the pod through a Service.',
  rationale:
    'A pod on the host network can reach what listens on the loopback interface of its node and can see the traffic of the node. No NetworkPolicy covers it.',
  rewrite: {
    does: 'removes `hostNetwork`, the DNS policy `ClusterFirstWithHostNet` and the host ports that repeat a container port',
    disruption: 'likely',
    effect: 'takes',
  },
  references: {
    podSecurity: {level: 'baseline', control: 'Host Namespaces'},
    cis: ['5.2.5'],
    kubescape: ['C-0041'],
    nsa: 'Kubernetes Pod security',
    nist: ['CM-3', 'CM-7'],
    mitre: ['T1611'],
  },
  *checkPod(pod) {
    if (pod.value['hostNetwork'] !== true) return;
    const field = [...pod.path, 'hostNetwork'];
    const dnsPolicy = pod.value['dnsPolicy'];
    const paths: Path[] = [field, ...impliedHostPorts(pod)];
    if (dnsPolicy === 'ClusterFirstWithHostNet') paths.push([...pod.path, 'dnsPolicy']);
    yield {
      path: field,
      message:
        '`hostNetwork: true` puts the pod on the network of its node: an attacker can reach what listens on loopback there, and no NetworkPolicy applies',
      ...(hostProcessFieldsOf(pod).length === 0 ? {edits: paths.map(remove)} : {}),
    };
  },
};

function impliedHostPorts({containers}: PodSpec): readonly Path[] {
  return containers.flatMap(({value, path}) =>
    [...asList(value['ports']).entries()]
      .filter(([, item]) => {
        const port = asMap(item);
        return port?.['hostPort'] !== undefined && port['hostPort'] === port['containerPort'];
      })
      .map(([index]) => [...path, 'ports', index, 'hostPort']),
  );
}
