import type {Severity} from '../severity.ts';
import type {Aspect} from './posture.ts';

/** Something that got worse or better. */
export interface Change {
  readonly direction: 'worse' | 'better';
  readonly severity: Severity;
  /** What it is about; `object` is about an object as a whole. */
  readonly about: Aspect | 'object' | 'exceptions' | 'findings';
  /** The stable title of the object, if it is about one. */
  readonly object?: string;
  /** What is there now, or was there, in a few words. */
  readonly text: string;
}

/** A change in one list of facts. */
export type ListChange = Pick<Change, 'direction' | 'severity' | 'text'>;
