import type {Check} from '../language/check.ts';
import {isWindows} from './pod-platform.ts';

export const readOnlyRoot: Check = {
  rule: 'read-only-root',
  name: 'writableRoots',
  subject: 'container',
  finds: `!(${isWindows}) && !c.?securityContext.?readOnlyRootFilesystem.orValue(false)`,
  takes: '!c.?securityContext.?readOnlyRootFilesystem.orValue(true)',
  outcome: 'rewritten',
};
