import {asMap, valueAt} from '../json.ts';
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
