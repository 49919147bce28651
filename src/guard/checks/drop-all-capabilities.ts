import {linuxOnly} from './linux-only.ts';

const capabilities = 'c.?securityContext.?capabilities';
const addsMore = `${capabilities}.?add.orValue([]).exists(a, a != 'NET_BIND_SERVICE')`;

export const dropAllCapabilities = linuxOnly({
  rule: 'drop-all-capabilities',
  name: 'undropped',
  subject: 'container',
  finds: `(!('ALL' in ${capabilities}.?drop.orValue([])) || ${addsMore})`,
  takes: addsMore,
  outcome: 'rewritten',
});
