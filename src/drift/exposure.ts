import {asList, asMap, asString, textOf} from '../json.ts';
import {loadBalancerOf} from '../kubernetes/load-balancer.ts';
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
  yield* doorsOf(resource);
  const hosts = publicHostsOf(resource);
  if (hosts.length === 0) yield {text: 'public, every host', severity: publicSeverity};
  for (const host of hosts) yield {text: `public host ${host}`, severity: publicSeverity};
}

/** Through which load balancers the requests for an Ingress come. */
function* doorsOf({kind, value}: Resource): Iterable<Fact> {
  if (kind !== 'Ingress') return;
  const annotations = asMap(asMap(value['metadata'])?.['annotations']) ?? {};
  if (annotations['alb.ingress.kubernetes.io/scheme'] === 'internet-facing') {
    yield {text: 'load balancer on the internet', severity: 'high'};
  }
  const written =
    asMap(value['spec'])?.['ingressClassName'] ?? annotations['kubernetes.io/ingress.class'];
  const name = asString(written) ?? '';
  if (name !== '') yield {text: `through the class ${name}`, severity: 'low'};
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
    const {isInternal, ranges} = loadBalancerOf({value});
    const from = (who: string): Fact =>
      isInternal
        ? {text: `load balancer open to ${who} of the internal network`, severity: 'medium'}
        : high(`load balancer open to ${who}`);
    yield* ranges.length === 0 ? [from('everyone')] : ranges.map(from);
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
