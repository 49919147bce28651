import {asList, asMap, type JsonMap} from '../json.ts';
import {kernelProtocolOf} from '../kubernetes/kernel-ports.ts';
import type {Container} from '../kubernetes/pod-spec.ts';
import {once, type PodWitness} from './witness.ts';

const portsOf = once(({value}: Container): readonly JsonMap[] =>
  asList(value['ports'])
    .map(asMap)
    .filter(port => port !== undefined),
);

/**
 * UDP on the node itself: broadcasts, multicasts and DHCP do not reach the network of a pod, and
 * gossip, media streams and syslog depend on the address of the sender, or of the node.
 */
export const receivesDatagrams: PodWitness = ({value, containers}) => {
  const isOnNode = value['hostNetwork'] === true;
  for (const container of containers) {
    const port = portsOf(container).find(
      ({protocol, hostPort}) =>
        protocol === 'UDP' && (isOnNode || (typeof hostPort === 'number' && hostPort !== 0)),
    );
    if (port === undefined) continue;
    return `container "${container.name}" receives UDP on its node, where broadcasts and the address of the sender are known`;
  }
  return undefined;
};

/**
 * File servers and tunnels that the kernel runs: setting them up needs privileges, also in init
 * containers.
 */
export const servesByKernel: PodWitness = ({containers}) => {
  for (const container of containers) {
    for (const port of portsOf(container)) {
      const what = kernelProtocolOf(port);
      if (what === undefined) continue;
      return `container "${container.name}" listens on port ${port['containerPort']} for ${what}, which the kernel of the node does`;
    }
  }
  return undefined;
};
