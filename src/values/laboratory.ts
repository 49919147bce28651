import type {JsonMap} from '../json.ts';
import type {ChartModel} from './chart.ts';
import type {RenderedObject, Rendering} from './rendering.ts';
import type {Wish} from './wishes.ts';

/** A finding of an audit, as far as a proof needs it. */
export interface Provable {
  readonly rule: string;
  /** By which later audits know it; equal ones are equal here, too. */
  readonly mark: string;
  readonly container?: string;
  /** The name of the volume at fault. */
  readonly volume?: string;
  /** The object at fault. */
  readonly object: RenderedObject;
  readonly wishes: readonly Wish[];
}

/** A rendering, and what an audit finds in it. */
export interface Audited {
  readonly rendering: Rendering;
  readonly findings: readonly Provable[];
}

/** For what a chart is rendered: to see where values land, to try some, or to confirm what was proven. */
export type Purpose = 'probe' | 'trial' | 'confirmation';

/** What a proof needs from outside. */
export interface Laboratory {
  readonly model: ChartModel;
  /** The rendering of the audit. */
  readonly baseline: Audited;
  /** The same values rendered again, more than a second after the first time. */
  readonly again: () => Promise<Rendering>;
  /** The rendering with more values; undefined if the chart does not render with them. @throws {LimitError} */
  readonly render: (values: JsonMap, purpose: Purpose) => Promise<Rendering | undefined>;
  /** What an audit finds; undefined if it cannot read the rendering. */
  readonly audit: (rendering: Rendering) => Audited | undefined;
}

/** No more renderings are allowed, or the time is up. The message is the end of a sentence. */
export class LimitError extends Error {
  override readonly name = 'LimitError';
}
