import type {Place} from '../errors.ts';
import type {Told} from '../harden.ts';
import type {Skipped} from './walk.ts';

/** What an audit says about a unit, as data that another process can pass on. */
export interface UnitAudit {
  /** One for each release in it. */
  readonly told: readonly Told[];
  /** The rules that looked at something, if that is asked for. */
  readonly judged: readonly string[];
  readonly skipped: readonly Skipped[];
  readonly failed: readonly UnitFailure[];
  /** What the user is told on stderr. */
  readonly said: string;
}

export interface UnitFailure {
  readonly message: string;
  readonly place: Place;
}
