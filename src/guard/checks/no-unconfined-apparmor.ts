import type {Check} from '../language/check.ts';
import {ofPodAndContainers} from './security-context.ts';
import {isUnconfined} from './unconfined-profile.ts';

const check = {
  rule: 'no-unconfined-apparmor',
  outcome: 'rewritten',
} as const satisfies Partial<Check>;

const prefix = 'container.apparmor.security.beta.kubernetes.io/';

export const noUnconfinedApparmor: readonly Check[] = [
  ...ofPodAndContainers(
    {
      ...check,
      name: 'appArmorUnconfined',
    },
    holder => isUnconfined(holder, 'appArmorProfile'),
  ),
  {
    ...check,
    name: 'appArmorAnnotations',
    subject: 'annotation',
    finds: `a.startsWith('${prefix}') && !(variables.annotations[a] in ['', 'runtime/default'] || variables.annotations[a].startsWith('localhost/'))`,
    remedy: `Set the annotation \`${prefix}CONTAINER\` to runtime/default.`,
  },
];
