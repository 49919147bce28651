import type {ImageBook} from '../../images/book.ts';
import {asString} from '../../json.ts';
import {endsFirst} from '../../kubernetes/pod-spec.ts';
import type {Workload} from '../../kubernetes/workload.ts';
import type {PolicyPort} from '../../policy/network-policy.ts';

/** The ports that the images of pods declare, as the lock file of images says, if the pods themselves declare none. */
export function imagePorts({pod, ports}: Workload, images: ImageBook): readonly PolicyPort[] {
  if (ports.length > 0) return [];
  return pod.containers
    .filter(container => !endsFirst(container))
    .flatMap(({value}) => {
      const facts = images.factsOf(asString(value['image']) ?? '');
      return facts?.isLocked === true ? facts.ports.map(portOf) : [];
    });
}

/** `53/udp` as a port of a policy. */
function portOf(text: string): PolicyPort {
  const [number = '', protocol = ''] = text.split('/');
  return {
    protocol: protocol === 'udp' ? 'UDP' : protocol === 'sctp' ? 'SCTP' : 'TCP',
    port: Number(number),
  };
}
