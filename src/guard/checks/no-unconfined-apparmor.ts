import {containerAppArmorPrefix as prefix} from '../../kubernetes/confinement.ts';
import type {Check} from '../language/check.ts';
import {ofPodAndContainers} from './security-context.ts';
import {isConfinedBy, isUnconfined} from './unconfined-profile.ts';

const check = {
  rule: 'no-unconfined-apparmor',
  outcome: 'rewritten',
} as const satisfies Partial<Check>;

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
    finds: `a.startsWith('${prefix}') && !(${isConfinedBy('appArmor', 'variables.annotations[a]')})`,
    remedy: `Set the annotation \`${prefix}CONTAINER\` to runtime/default.`,
  },
];
