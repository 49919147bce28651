import type {Check} from '../language/check.ts';
import {unlessRelaxed} from './pod-platform.ts';

const check = {rule: 'no-root', outcome: 'rewritten'} as const satisfies Partial<Check>;

const ofPod = 'variables.pod.?securityContext.?runAsNonRoot';

export const noRoot: readonly Check[] = [
  {
    ...check,
    name: 'rootByPod',
    subject: 'pod',
    finds: unlessRelaxed(`!${ofPod}.orValue(true)`),
  },
  {
    ...check,
    name: 'roots',
    subject: 'container',
    finds: unlessRelaxed(`!c.?securityContext.?runAsNonRoot.orValue(${ofPod}.orValue(false))`),
  },
];
