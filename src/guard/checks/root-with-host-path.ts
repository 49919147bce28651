import type {Check} from '../language/check.ts';
import {isWindows} from './pod-platform.ts';
import {mayBeRoot} from './user.ts';

export const rootWithHostPath: Check = {
  rule: 'root-with-host-path',
  name: 'rootsOnHost',
  subject: 'container',
  finds: `!(${isWindows}) && c.?volumeMounts.orValue([]).exists(m, !m.?readOnly.orValue(false) && variables.hostPaths.exists(h, h.name == m.name)) && ${mayBeRoot}`,
  outcome: 'flagged',
};
