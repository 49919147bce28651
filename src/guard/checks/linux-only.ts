import {windowsSince} from '../../kubernetes/pod-platform.ts';
import type {Check} from '../language/check.ts';
import {isWindows} from './pod-platform.ts';

/**
 * A check of a field that exists only on Linux. Pods that declare Windows are never rewritten,
 * because the API server forbids the field there. The Pod Security Standards exempt them from a
 * certain version on; before that, they are flagged.
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
