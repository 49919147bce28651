import {asList, asMap, asString} from '../../json.ts';
import {protocolOf, type Workload} from '../../kubernetes/workload.ts';
import type {Connection} from './connection.ts';
import {anywhere} from './outside.ts';

/** The clients of remaining host ports: whoever can reach the node. */
export function* throughHostPorts(workloads: readonly Workload[]): Iterable<Connection> {
  for (const to of workloads) {
    if (to.isHostNetwork) continue;
    const {resource, pod} = to;
    for (const {value, path} of pod.containers) {
      for (const [index, item] of asList(value['ports']).entries()) {
        const port = asMap(item) ?? {};
        const {hostPort, containerPort, hostIP} = port;
        const isOpen = typeof hostPort === 'number' && hostPort > 0;
        if (!isOpen || typeof containerPort !== 'number' || isLoopback(asString(hostIP))) continue;
        const ports = [{protocol: protocolOf(port), port: containerPort}];
        const reason = `the host port ${hostPort} leads to it`;
        const why = {reason, resource, path: [...path, 'ports', index, 'hostPort']};
        yield {origin: 'hostPort', from: anywhere, to, ports, why};
      }
    }
  }
}

/** Addresses that only the node itself can reach, which no policy blocks. */
const isLoopback = (address: string | undefined): boolean =>
  address !== undefined && /^(?:127\.|::1$)/.test(address);
