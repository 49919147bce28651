import type {Resource} from '../kubernetes/resource.ts';
import {type Exception, matches, selects} from './policy.ts';

/** An exception that did nothing, and why: each is reported, so that none is silently stale. */
export interface StaleException {
  readonly exception: Exception;
  readonly why: 'expired' | 'matches nothing';
}

/** The policy's exceptions, which remember whether they were of use. */
export class ExceptionBook {
  readonly #live: readonly Exception[];
  readonly #expired: readonly Exception[];
  readonly #used = new Set<Exception>();

  /** `today` is the day in UTC, YYYY-MM-DD; without it nothing expires. */
  constructor(exceptions: readonly Exception[], today = '') {
    const isExpired = ({expires}: Exception) => expires !== undefined && expires < today;
    this.#expired = exceptions.filter(isExpired);
    this.#live = exceptions.filter(exception => !isExpired(exception));
  }

  /** The first exception that allows a finding of `rule`, or undefined. */
  find(rule: string, resource: Resource, container: string | undefined): Exception | undefined {
    const exception = this.#live.find(
      ({rules, match}) =>
        rules.includes(rule) &&
        selects(match, resource) &&
        (match.container === undefined || matches(match.container, container ?? '')),
    );
    if (exception !== undefined) this.#used.add(exception);
    return exception;
  }

  /** To be asked when all findings have been looked up. */
  stale(): readonly StaleException[] {
    return [
      ...this.#expired.map(exception => ({exception, why: 'expired'}) as const),
      ...this.#live
        .filter(exception => !this.#used.has(exception))
        .map(exception => ({exception, why: 'matches nothing'}) as const),
    ];
  }
}
