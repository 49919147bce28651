import {digestAtEnd} from '../../images/reference.ts';
import {celString} from '../language/cel.ts';
import type {Check} from '../language/check.ts';

const check = {rule: 'pin-images', outcome: 'flagged'} as const satisfies Partial<Check>;

const isMovable = `optMap(i, !i.matches(${celString(digestAtEnd.source)})).orValue(false)`;

export const pinImages: readonly Check[] = [
  {
    ...check,
    name: 'unpinned',
    subject: 'container',
    finds: `c.?image.${isMovable}`,
  },
  {
    ...check,
    name: 'unpinnedVolumes',
    subject: 'volume',
    // The field was added in v1.31: older schemas do not contain it.
    finds: `dyn(v).?image.?reference.${isMovable}`,
  },
];
