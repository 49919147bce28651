import {asList, asMap, asString, textOf} from '../json.ts';
import {publicHostsOf} from '../kubernetes/public-hosts.ts';
import type {Resource} from '../kubernetes/resource.ts';
import type {Severity} from '../severity.ts';
import type {Fact} from './posture.ts';

/** The rules whose findings are exposures. */
export const exposureRules: readonly string[] = [
  'no-load-balancer',
  'no-node-port',
  'no-external-ips',
  'no-public-ingress',
];

/** How a Service, an Ingress or a route opens workloads outside the cluster. */
export function* exposureOf(
  resource: Resource,
  publicSeverity: Severity | undefined,
): Iterable<Fact> {
  if (resource.kind === 'Service' && resource.group === '') yield* serviceExposure(resource);
  if (publicSeverity === undefined) return;
  const hosts = publicHostsOf(resource);
  if (hosts.length === 0) yield {text: 'public, every host', severity: publicSeverity};
  for (const host of hosts) yield {text: `public host ${host}`, severity: publicSeverity};
}

function* serviceExposure({value}: Resource): Iterable<Fact> {
  const spec = asMap(value['spec']) ?? {};
  const high = (text: string): Fact => ({text, severity: 'high'});
  const ports = asList(spec['ports']).map(item => {
    const {port, protocol} = asMap(item) ?? {};
    return `${textOf(port)}/${asString(protocol) ?? 'TCP'}`;
  });
  if (spec['type'] === 'LoadBalancer') {
    for (const port of ports) yield high(`load balancer ${port}`);
    const ranges = asList(spec['loadBalancerSourceRanges']).map(textOf);
    if (ranges.length === 0) yield high('load balancer open to everyone');
    for (const range of ranges) yield high(`load balancer open to ${range}`);
  }
  // The number of a node port is often assigned by the cluster.
  if (spec['type'] === 'NodePort') for (const port of ports) yield high(`node port for ${port}`);
  if (spec['type'] === 'ExternalName') {
    yield {text: `name for ${textOf(spec['externalName'])}`, severity: 'low'};
  }
  for (const address of asList(spec['externalIPs'])) {
    yield high(`external address ${textOf(address)}`);
  }
}
