import {windowsSince} from '../../kubernetes/pod-platform.ts';
import type {Check} from '../language/check.ts';
import {isWindows} from './pod-platform.ts';

/**
 * A check of what only Linux has. Pods that declare Windows are never rewritten, since the API
 * server forbids the field there; the Pod Security Standards exempt them from a version on, before
 * which they are flagged.
 */
export const linuxOnly = (check: Check & {readonly finds: string}): readonly Check[] => [
  {...check, finds: `!(${isWindows}) && ${check.finds}`},
  {
    ...check,
    name: `${check.name}OnWindows`,
    finds: `${isWindows} && ${check.finds}`,
    outcome: 'flagged',
    until: windowsSince,
  },
];
