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
    message: 'set `runAsNonRoot: true` on the pod, not false',
  },
  {
    ...check,
    name: 'roots',
    subject: 'container',
    finds: unlessRelaxed(`!c.?securityContext.?runAsNonRoot.orValue(${ofPod}.orValue(false))`),
    message:
      'set `runAsNonRoot: true`, with an image that names a user or a `runAsUser`, in containers',
  },
];
