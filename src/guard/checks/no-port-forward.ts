import type {Check} from '../check.ts';

/** Of a rule `r` of a Role: whether it gives a verb that opens a port, in the core group. */
const mayForward =
  "r.?apiGroups.orValue([]).exists(g, g in ['', '*']) && r.verbs.exists(v, v in ['create', 'get', '*'])";

const check = {
  rule: 'no-port-forward',
  subject: 'role',
  // A Role without rules has null there.
  variables: {rules: 'has(object.rules) && type(object.rules) == list ? object.rules : []'},
} as const satisfies Partial<Check>;

const grants = (resources: string): string =>
  `variables.rules.exists(r, ${mayForward} && r.?resources.orValue([]).exists(s, s in ${resources}))`;

export const noPortForwardGrant: Check = {
  ...check,
  name: 'grantsPortForward',
  finds: grants("['pods/portforward']"),
  message: 'remove `pods/portforward` from the resources of the role',
  outcome: 'rewritten',
};

export const noPortForwardWildcard: Check = {
  ...check,
  name: 'grantsAll',
  finds: grants("['*', 'pods/*', '*/portforward']"),
  message: 'name resources where `*` grants `pods/portforward` as well',
  outcome: 'flagged',
};
