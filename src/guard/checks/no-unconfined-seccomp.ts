import {seccompFieldSince} from '../../kubernetes/pod-platform.ts';
import type {Check} from '../language/check.ts';
import {ofPodAndContainers} from './security-context.ts';
import {isUnconfined} from './unconfined-profile.ts';

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

/** CEL: whether the annotation `key`, CEL as well, switches seccomp off. */
const isOff = (key: string): string =>
  `variables.annotations[?${key}].optMap(p, !(p in ['runtime/default', 'docker/default'] || p.startsWith('localhost/'))).orValue(false)`;

const podKey = 'seccomp.security.alpha.kubernetes.io/pod';
const containerKey = 'container.seccomp.security.alpha.kubernetes.io/';

const byAnnotation: readonly Check[] = [
  {
    ...check,
    name: 'seccompAnnotationOfPod',
    subject: 'pod',
    finds: isOff(`'${podKey}'`),
    remedy: `Set the annotation \`${podKey}\` to runtime/default.`,
    until: seccompFieldSince,
  },
  {
    ...check,
    name: 'seccompAnnotations',
    subject: 'container',
    finds: isOff(`('${containerKey}' + c.name)`),
    remedy: `Set the annotation \`${containerKey}CONTAINER\` to runtime/default.`,
    until: seccompFieldSince,
  },
];

export const noUnconfinedSeccomp: readonly Check[] = [...byField, ...byAnnotation];
