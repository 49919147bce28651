import {UsageError} from '../errors.ts';

/**
 * Bounds work whose amount may grow with the square of a stream: what a stream cannot need, a hostile
 * one shall not cost.
 */
export class WorkLimit {
  readonly #most: number;
  readonly #message: string;
  #done = 0;

  /** `message` says what there is too much of, and what to do. */
  constructor(most: number, message: string) {
    this.#most = most;
    this.#message = message;
  }

  /** Counts `amount` of work. @throws {UsageError} once it has become too much */
  count(amount: number): void {
    this.#done += amount;
    if (this.#done > this.#most) throw new UsageError(this.#message);
  }
}
