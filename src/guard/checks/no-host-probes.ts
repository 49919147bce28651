import {handlerFields, hostActions} from '../../kubernetes/handlers.ts';
import type {Check} from '../language/check.ts';

const handlers = handlerFields.map(path => ['c', ...path].join('.?'));
const actions = hostActions.map(action => `p.?${action}`);

/**
 * CEL: whether a probe or handler of a container `c` calls a host `h` for which `isMeant` is true.
 */
export const callsHost = (isMeant: string): string =>
  `[${handlers.join(', ')}].exists(p, [${actions.join(', ')}].exists(t, t.?host.optMap(h, ${isMeant}).orValue(false)))`;

export const noHostProbes: Check = {
  rule: 'no-host-probes',
  name: 'hostProbes',
  subject: 'container',
  finds: callsHost("h != ''"),
  outcome: 'rewritten',
};
