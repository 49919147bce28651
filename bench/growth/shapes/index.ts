import type {Shape} from '../shape.ts';
import {networkShapes} from './network.ts';
import {objectShapes} from './objects.ts';
import {selectorShapes} from './selectors.ts';
import {textShapes} from './texts.ts';

/** All that is measured. */
export const shapes: readonly Shape[] = [
  ...selectorShapes,
  ...networkShapes,
  ...objectShapes,
  ...textShapes,
];
