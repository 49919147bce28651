import {asList, asMap} from '../json.ts';
import {capabilitiesOf} from '../kubernetes/capabilities.ts';
import {isPrivilegedPort} from '../kubernetes/container-port.ts';
import {type HostCall, hostCallsOf, loopbackHost} from '../kubernetes/handlers.ts';
import type {Container, PodSpec} from '../kubernetes/pod-spec.ts';
import {mayBeRoot, userOf} from '../kubernetes/user.ts';
import {defaultCapabilities} from '../rules/no-extra-capabilities.ts';
import {type ContainerWitness, once, type PodWitness, type Witness} from './witness.ts';

/** Nobody sets mount propagation between container and node by accident. */
export const propagatesMounts: ContainerWitness = ({name, value}) => {
  const mode = asList(value['volumeMounts'])
    .map(item => asMap(item)?.['mountPropagation'])
    .find(each => each === 'Bidirectional' || each === 'HostToContainer');
  return mode === undefined
    ? undefined
    : `container "${name}" shares mounts with its node through \`mountPropagation: ${mode}\``;
};

/**
 * A non-root user gets an added capability only through file capabilities, and the kernel honours
 * those only if privilege escalation is allowed, which is the default.
 */
export const hasFileCapabilities: Witness = ({container, pod}) => {
  if (container === undefined) return undefined;
  const context = asMap(container.value['securityContext']);
  const capabilities = capabilitiesOf(container, 'add');
  const [added] = capabilities;
  if (context?.['allowPrivilegeEscalation'] === false || added === undefined) return undefined;
  if (mayBeRoot(container, pod)) {
    // Root has the default capabilities anyway: who asks for them and for escalation runs as somebody else.
    const isForImage =
      context?.['allowPrivilegeEscalation'] === true &&
      userOf(container, pod) !== 0 &&
      capabilities.every(({name}) => defaultCapabilities.has(name));
    return isForImage
      ? `container "${container.name}" asks for it together with "${added.text}", which a non-root user of an image gets only through it`
      : undefined;
  }
  return `container "${container.name}" needs it: a non-root user gets the capability "${added.text}" through it`;
};

/** Only root can use a privileged port, unless the node or a capability allows it. */
export const hasLowPort: ContainerWitness = container => {
  const port = lowPortOf(container);
  return port === undefined
    ? undefined
    : `container "${container.name}" listens on port ${port}, below 1024`;
};

const lowPortOf = once(({value}: Container) =>
  asList(value['ports'])
    .map(item => asMap(item)?.['containerPort'])
    .find(isPrivilegedPort),
);

/** The handlers of a pod that set a host. */
export const hostProbesOf = once((pod: PodSpec): readonly HostCall[] =>
  pod.containers.flatMap(container => [...hostCallsOf(container)]),
);

const isLoopback = new RegExp(loopbackHost);

/**
 * A probe of the loopback address reaches the pod only if it shares the loopback interface of the
 * node.
 */
export const isProbedOnLoopback: PodWitness = pod => {
  if (pod.value['hostNetwork'] !== true) return undefined;
  const probe = hostProbesOf(pod).find(({host}) => isLoopback.test(host));
  if (probe === undefined) return undefined;
  return `\`${probe.field}\` of container "${probe.container}" connects to "${probe.host}", which is the node itself`;
};

/** A comment at the field gives a reason. It is only a statement of the chart's author. */
export const isSaidInComment: Witness = ({pod, violation, facts}) => {
  const comment = facts.commentAt(pod.resource, violation.path);
  if (comment === undefined) return undefined;
  const text = comment.length > longestComment ? `${comment.slice(0, longestComment)}…` : comment;
  return `a comment at the field gives a reason: ${JSON.stringify(text)}`;
};

const longestComment = 100;
