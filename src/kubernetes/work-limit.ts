import {UsageError} from '../errors.ts';

/**
 * Bounds work that may grow with the square of a stream, so that a hostile stream cannot cost more
 * than any real one needs.
 */
export class WorkLimit {
  readonly #most: number;
  readonly #message: string;
  #done = 0;

  /** `message` says what there is too much of, and how to avoid it. */
  constructor(most: number, message: string) {
    this.#most = most;
    this.#message = message;
  }

  /** Counts `amount` of work. @throws {UsageError} when the limit is reached */
  count(amount: number): void {
    this.#done += amount;
    if (this.#done > this.#most) throw new UsageError(this.#message);
  }
}
