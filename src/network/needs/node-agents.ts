import {asList, asMap} from '../../json.ts';
import {isPortNumber} from '../../kubernetes/container-port.ts';
import {readsNodeAddress} from '../../kubernetes/node-address.ts';
import {protocolOf, type Workload} from '../../kubernetes/workload.ts';
import type {PolicyPort} from '../../policy/network-policy.ts';
import type {Connection, Outside} from './connection.ts';
import {ownTextsOf} from './pod-texts.ts';

/** A host port of a DaemonSet, and the port of its pods that it leads to. */
interface AgentPort {
  readonly agent: Workload;
  readonly host: PolicyPort;
  readonly own: PolicyPort;
}

/** A few, because each client may call each of them. */
const mostAgentPorts = 50;

/**
 * The connections of pods that read the address of their node (`status.hostIP`) to the DaemonSets
 * whose host ports they find there: to those ports that they are given, or to all if they are given
 * none of them. A policy may be applied before or after the address of the node is replaced with
 * that of the pod.
 */
export function* toNodeAgents(
  workloads: readonly Workload[],
  nodes: () => Outside,
): Iterable<Connection> {
  const agents = workloads.flatMap(each => [...agentPortsOf(each)]).slice(0, mostAgentPorts);
  if (agents.length === 0) return;
  for (const from of workloads) {
    if (!readsNodeAddress(from.pod)) continue;
    const given = portsGiven(from);
    const named = agents.filter(({host}) => given.has(host.port as number));
    for (const {agent, host, own} of named.length > 0 ? named : agents) {
      if (agent === from) continue;
      const {resource, pod} = from;
      const reason = `reads the address of its node, where the ${agent.resource.kind} "${agent.resource.name}" has the host port ${host.port}`;
      const why = {reason, resource, path: pod.path};
      yield {origin: 'reference', from, to: agent, ports: [own], why};
      if (!agent.isHostNetwork) yield {origin: 'node', from, to: nodes(), ports: [host], why};
    }
  }
}

function* agentPortsOf(agent: Workload): Iterable<AgentPort> {
  if (agent.resource.kind !== 'DaemonSet') return;
  for (const {value} of agent.pod.containers) {
    for (const item of asList(value['ports'])) {
      const port = asMap(item) ?? {};
      const {containerPort} = port;
      const host = agent.isHostNetwork ? containerPort : port['hostPort'];
      if (!isPortNumber(host) || !isPortNumber(containerPort)) continue;
      const protocol = protocolOf(port);
      yield {agent, host: {protocol, port: host}, own: {protocol, port: containerPort}};
    }
  }
}

/** The numbers in the texts of a pod that may be ports: alone, or after a colon. */
function portsGiven(workload: Workload): ReadonlySet<number> {
  const ports = new Set<number>();
  for (const {text} of ownTextsOf(workload)) {
    for (const [, number] of text.matchAll(/(?:^|:)(\d{1,5})(?![\w.])/g)) ports.add(Number(number));
  }
  return ports;
}
