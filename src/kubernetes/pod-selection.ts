import {LabelIndex} from './label-index.ts';
import type {Workload} from './workload.ts';

/** Finds the workloads whose pods a selector selects. */
export class PodSelection extends LabelIndex<Workload> {}

export const maySameNamespace = (one: string | undefined, other: string | undefined): boolean =>
  one === undefined || other === undefined || one === other;
