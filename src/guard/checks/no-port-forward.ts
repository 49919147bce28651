import type {Check} from '../check.ts';

/** Of a rule `r` of a Role: whether it gives a verb that opens a port, in the core group. */
const mayForward =
  "r.?apiGroups.orValue([]).exists(g, g in ['', '*']) && r.verbs.exists(v, v in ['create', 'get', '*'])";

const grants = (resources: string): string =>
  `object.?rules.orValue([]).exists(r, ${mayForward} && r.?resources.orValue([]).exists(s, s in ${resources}))`;

export const noPortForwardGrant: Check = {
  rule: 'no-port-forward',
  name: 'grantsPortForward',
  subject: 'role',
  finds: grants("['pods/portforward']"),
  message: 'remove `pods/portforward` from the resources of the role',
  outcome: 'rewritten',
};

export const noPortForwardWildcard: Check = {
  rule: 'no-port-forward',
  name: 'grantsAll',
  subject: 'role',
  finds: grants("['*', 'pods/*', '*/portforward']"),
  message: 'name resources where `*` grants `pods/portforward` as well',
  outcome: 'flagged',
};
