import {asMap, valueAt} from '../json.ts';
import {readsNodeAddress} from '../kubernetes/node-address.ts';
import {hostProbesOf} from './container.ts';
import type {Subject, Witness} from './witness.ts';

/** A probe sets a host and the host port. */
export const isProbedOnHostPort: Witness = subject => {
  const port = hostPortOf(subject);
  if (port === undefined) return undefined;
  const probe = hostProbesOf(subject.pod).find(each => each.port === port.host);
  if (probe === undefined) return undefined;
  return `\`${probe.field}\` of container "${probe.container}" connects to "${probe.host}" on the host port ${port.host}`;
};

/** A Service, Endpoints or a NetworkPolicy in the stream depends on the host port. */
export const isNamedInStream: Witness = subject => {
  const port = hostPortOf(subject);
  if (port === undefined) return undefined;
  const {facts, pod} = subject;
  const user =
    (port.host === port.container ? undefined : facts.serviceTo(pod, port.host)) ??
    facts.endpointsAt(port.host) ??
    facts.policyAt(port.host);
  if (user === undefined) return undefined;
  return `the ${user.kind} "${user.name}" depends on the host port ${port.host}`;
};

/**
 * Pods that read the address of their node pass it on to others, who reach the host port there. And
 * other pods that read the address of theirs call the DaemonSet on the same node.
 */
export const isCalledByNodeAddress: Witness = subject => {
  const port = hostPortOf(subject);
  if (port === undefined) return undefined;
  const {facts, pod} = subject;
  if (readsNodeAddress(pod)) {
    return `the pods read the address of their node, where others reach the host port ${port.host}`;
  }
  if (pod.resource.kind !== 'DaemonSet') return undefined;
  const client = facts.clientOfNode;
  if (client === undefined) return undefined;
  return `the ${client.kind} "${client.name}" reads the address of its node, where it reaches the host port ${port.host}`;
};

interface HostPort {
  readonly host: number;
  readonly container: number | undefined;
}

function hostPortOf({pod, violation}: Subject): HostPort | undefined {
  const port = asMap(valueAt(pod.resource.value, violation.path.slice(0, -1)));
  const host = port?.['hostPort'];
  const container = port?.['containerPort'];
  if (typeof host !== 'number') return undefined;
  return {host, container: typeof container === 'number' ? container : undefined};
}
