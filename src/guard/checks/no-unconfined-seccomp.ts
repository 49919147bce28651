import {
  containerSeccompPrefix,
  podSeccompAnnotation,
  seccompFieldSince,
} from '../../kubernetes/confinement.ts';
import type {Check} from '../language/check.ts';
import {ofPodAndContainers} from './security-context.ts';
import {isConfinedBy, isUnconfined} from './unconfined-profile.ts';

const check = {
  rule: 'no-unconfined-seccomp',
  outcome: 'rewritten',
} as const satisfies Partial<Check>;

const byField = ofPodAndContainers(
  {
    ...check,
    name: 'seccompUnconfined',
    since: seccompFieldSince,
  },
  holder => isUnconfined(holder, 'seccompProfile'),
);

/** CEL: whether the annotation `key` (also CEL) disables seccomp. */
const isOff = (key: string): string =>
  `variables.annotations[?${key}].optMap(p, !(${isConfinedBy('seccomp', 'p')})).orValue(false)`;

const byAnnotation: readonly Check[] = [
  {
    ...check,
    name: 'seccompAnnotationOfPod',
    subject: 'pod',
    finds: isOff(`'${podSeccompAnnotation}'`),
    remedy: `Set the annotation \`${podSeccompAnnotation}\` to runtime/default.`,
    until: seccompFieldSince,
  },
  {
    ...check,
    name: 'seccompAnnotations',
    subject: 'container',
    finds: isOff(`('${containerSeccompPrefix}' + c.name)`),
    remedy: `Set the annotation \`${containerSeccompPrefix}CONTAINER\` to runtime/default.`,
    until: seccompFieldSince,
  },
];

export const noUnconfinedSeccomp: readonly Check[] = [...byField, ...byAnnotation];
