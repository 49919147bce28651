import type {Service} from '../../kubernetes/service.ts';
import type {Workload} from '../../kubernetes/workload.ts';
import type {PolicyPort} from '../../policy/network-policy.ts';
import type {Connection, Outside} from './connection.ts';
import {declaredPorts, type ServiceTargets, targetPorts} from './service-targets.ts';
import {bySelection, joined} from './services-by-selection.ts';
import {peerSeenFrom} from './workload-peer.ts';

/**
 * The connections among workloads that share a headless Service, whose name resolves to all of
 * their pods: members of a ring find each other by it. Each opens the ports that it declares, and
 * those of the Service. The peer of each is whatever the Service selects, so that there are as many
 * connections as members.
 */
export function* ringsOf(
  services: readonly Service[],
  targets: ServiceTargets,
): Iterable<Connection> {
  for (const same of bySelection(services.filter(({isHeadless}) => isHeadless))) {
    const service = joined(same);
    const members = targets.workloadsOf(same[0]).filter(({isHostNetwork}) => !isHostNetwork);
    if (members.length < 2) continue;
    const all = eachOnce(members.flatMap(member => portsOf(member, service)));
    if (all.length === 0) continue;
    const {resource} = service;
    const reason = `shares the headless Service "${resource.name}" with other workloads`;
    const ends = {origin: 'ring', why: {reason, resource, path: ['spec', 'selector']}} as const;
    for (const member of members) {
      const peers = membersSeenFrom(member, service);
      const ports = portsOf(member, service);
      if (ports.length > 0) yield {...ends, from: peers, to: member, ports};
      yield {...ends, from: member, to: peers, ports: all.length > mostPorts ? [] : all};
    }
  }
}

/** With more in the ring, each member may call every port of the others. */
const mostPorts = 100;

const portsOf = (member: Workload, service: Service): readonly PolicyPort[] =>
  eachOnce([...declaredPorts(member), ...targetPorts(member, service)]);

const eachOnce = (ports: readonly PolicyPort[]): readonly PolicyPort[] => [
  ...new Map(ports.map(each => [`${each.protocol}/${each.port}`, each])).values(),
];

const membersSeenFrom = (
  {resource: {namespace}}: Workload,
  {selector = {}, resource}: Service,
): Outside => ({peers: [peerSeenFrom(namespace, resource.namespace, {matchLabels: selector})]});
