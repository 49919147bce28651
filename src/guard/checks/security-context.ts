import type {Check} from '../language/check.ts';

/** The holder of a security context: the pod spec, or a container. */
type Holder = 'variables.pod' | 'c';

/** A check of a field that pods and containers have, run on both. */
export const ofPodAndContainers = (
  {name, ...check}: Omit<Check, 'subject' | 'finds'>,
  finds: (holder: Holder, minor: number) => string,
): readonly Check[] => [
  {
    ...check,
    name: `${name}OfPod`,
    subject: 'pod',
    finds: minor => finds('variables.pod', minor),
  },
  {
    ...check,
    name,
    subject: 'container',
    finds: minor => finds('c', minor),
  },
];
