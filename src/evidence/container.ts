import {asList, asMap} from '../json.ts';
import {capabilitiesOf} from '../kubernetes/capabilities.ts';
import {isPrivilegedPort} from '../kubernetes/container-port.ts';
import {type HostCall, hostCallsOf} from '../kubernetes/handlers.ts';
import type {Container, PodSpec} from '../kubernetes/pod-spec.ts';
import {mayBeRoot} from '../kubernetes/user.ts';
import {once, type Witness} from './witness.ts';

/** The API server refuses `mountPropagation: Bidirectional` in a container that is not privileged. */
export const propagatesMounts: Witness = ({container}) =>
  container !== undefined && isPropagating(container)
    ? `container "${container.name}" mounts with \`mountPropagation: Bidirectional\`, which only a privileged one may`
    : undefined;

const isPropagating = once(({value}: Container) =>
  asList(value['volumeMounts']).some(item => asMap(item)?.['mountPropagation'] === 'Bidirectional'),
);

/**
 * An ordinary user gets an added capability by the file's, and the kernel heeds those only where
 * privilege escalation is allowed.
 */
export const hasFileCapabilities: Witness = ({container, pod}) => {
  if (container === undefined) return undefined;
  const context = asMap(container.value['securityContext']);
  const [added] = capabilitiesOf(container, 'add');
  if (context?.['allowPrivilegeEscalation'] !== true || added === undefined) return undefined;
  if (mayBeRoot(container, pod)) return undefined;
  return `container "${container.name}" allows it on purpose: an ordinary user gets the capability "${added.text}" by it`;
};

/** A privileged port is root's, but where the node or a capability gives it to others. */
export const hasLowPort: Witness = ({pod, container}) => {
  for (const each of container === undefined ? pod.containers : [container]) {
    const port = lowPortOf(each);
    if (port !== undefined) return `container "${each.name}" listens on port ${port}, below 1024`;
  }
  return undefined;
};

const lowPortOf = once(({value}: Container) =>
  asList(value['ports'])
    .map(item => asMap(item)?.['containerPort'])
    .find(isPrivilegedPort),
);

/** The handlers of a pod that name their host. */
export const hostProbesOf = once((pod: PodSpec): readonly HostCall[] =>
  pod.containers.flatMap(container => [...hostCallsOf(container)]),
);

/** A probe of the loopback address reaches the pod only where that is the node's as well. */
export const isProbedOnLoopback: Witness = ({pod}) => {
  const probe = hostProbesOf(pod).find(({host}) => /^(?:127\.|localhost$|::1$)/.test(host));
  if (probe === undefined) return undefined;
  return `\`${probe.field}\` of container "${probe.container}" connects to "${probe.host}", which is the node's`;
};
