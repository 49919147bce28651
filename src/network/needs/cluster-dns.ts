import {asMap, isList, type Json, type JsonMap, valueAt} from '../../json.ts';
import {selectsLabels} from '../../kubernetes/label-selector.ts';
import type {Service, ServicePort} from '../../kubernetes/service.ts';
import type {Workload} from '../../kubernetes/workload.ts';
import type {DnsPeer, PolicyPort} from '../../policy/network-policy.ts';
import type {Services} from './backend-connections.ts';
import type {Connection, Outside} from './connection.ts';
import {outside, wholeCluster} from './outside.ts';
import {targetPort} from './service-targets.ts';
import {bySelection, joined} from './services-by-selection.ts';

const both = (port: number): readonly PolicyPort[] =>
  (['UDP', 'TCP'] as const).map(protocol => ({protocol, port}));

/** The ports of CoreDNS pods, wherever they listen. */
const named: readonly PolicyPort[] = [
  {protocol: 'UDP', port: 'dns'},
  {protocol: 'TCP', port: 'dns-tcp'},
];

/** OpenShift's DNS pods listen on 5353: https://docs.openshift.com, "DNS Operator". */
const openShift = {
  namespace: 'openshift-dns',
  label: /^dns\.operator\.openshift\.io\//,
  port: 5353,
};

/** What pods need to resolve names: each DNS server, on its ports. */
export function* toDns(
  workloads: readonly Workload[],
  settings: readonly DnsPeer[],
  defaults: readonly DnsPeer[],
): Iterable<Connection> {
  const why = {reason: 'resolves names with cluster DNS'};
  const servers = settings.map(peer => ({
    to: outside([peer], 'DNS'),
    ports: peer.ports ?? portsOf(peer, settings === defaults),
  }));
  for (const from of workloads) {
    for (const {to, ports} of servers) yield {origin: 'dns', from, to, ports, why};
  }
}

function portsOf(peer: DnsPeer, isDefault: boolean): readonly PolicyPort[] {
  if (isDefault || peer.cidrs !== undefined) return both(53);
  return [...both(53), ...(isOpenShift(peer) ? both(openShift.port) : []), ...named];
}

function isOpenShift({namespaces, pods}: DnsPeer): boolean {
  const names = isList(namespaces as Json)
    ? (namespaces as readonly string[])
    : Object.values(asMap((namespaces as JsonMap | undefined)?.['matchLabels']) ?? {});
  const keys = Object.keys(asMap(pods?.['matchLabels']) ?? {});
  return names.includes(openShift.namespace) || keys.some(key => openShift.label.test(key));
}

/**
 * If a stream contains cluster DNS, every pod and every node queries it, including pods on the host
 * network.
 */
export function* askedForNames(
  {all, targets}: Services,
  settings: readonly DnsPeer[],
  nodes: Outside,
): Iterable<Connection> {
  const resolving = all.filter(({ports}) => ports.some(isForNames));
  for (const services of bySelection(resolving)) {
    const {resource, ports: own} = joined(services);
    const isNamed = services.some(isOfCluster);
    for (const to of targets.workloadsOf(services[0])) {
      if (!isNamed && !settings.some(peer => isOne(peer, to))) continue;
      const ports = own.filter(({number}) => number === 53).flatMap(port => targetPort(to, port));
      const why = {reason: 'is cluster DNS', resource, path: ['spec', 'ports']};
      if (ports.length === 0) continue;
      yield {origin: 'node', from: wholeCluster, to, ports, why};
      yield {origin: 'node', from: nodes, to, ports, why};
    }
  }
}

const isForNames = ({number, protocol}: ServicePort): boolean =>
  number === 53 && protocol === 'UDP';

/** Whether the label of Kubernetes, or the traditional name of the DNS Service, says so. */
const isOfCluster = ({resource: {value, name}}: Service): boolean =>
  name === 'kube-dns' ||
  valueAt(value, ['metadata', 'labels', 'kubernetes.io/cluster-service']) === 'true';

/** Whether a peer in the policy matches the pods of a workload. */
const isOne = ({pods, namespaces, cidrs}: DnsPeer, {labels, resource}: Workload): boolean => {
  const isThere =
    resource.namespace === undefined ||
    !isList(namespaces as Json) ||
    (namespaces as readonly string[]).includes(resource.namespace);
  return cidrs === undefined && pods !== undefined && isThere && selectsLabels(pods, labels);
};
