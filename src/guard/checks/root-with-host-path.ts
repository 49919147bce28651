import type {Check} from '../language/check.ts';
import {isWindows} from './pod-platform.ts';

const own = 'c.?securityContext';
const shared = 'variables.pod.?securityContext';

/** As `mayBeRoot`: by the number of the user, or else for want of a promise. */
const mayBeRoot = `${own}.?runAsUser.or(${shared}.?runAsUser).optMap(u, u == 0).orValue(!${own}.?runAsNonRoot.or(${shared}.?runAsNonRoot).orValue(false))`;

export const rootWithHostPath: Check = {
  rule: 'root-with-host-path',
  name: 'rootsOnHost',
  subject: 'container',
  finds: `!(${isWindows}) && c.?volumeMounts.orValue([]).exists(m, !m.?readOnly.orValue(false) && variables.hostPaths.exists(h, h.name == m.name)) && ${mayBeRoot}`,
  outcome: 'flagged',
};
