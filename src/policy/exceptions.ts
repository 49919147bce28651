import type {Resource} from '../kubernetes/resource.ts';
import type {DeclaredConnection} from './network-policy.ts';
import type {Exception, Exposure, Policy} from './policy.ts';
import {matches, selects} from './selector.ts';

/** What of a policy did nothing, and why: each is reported, so that none is silently stale. */
export interface StaleException {
  readonly exception: Exception | Exposure | DeclaredConnection;
  readonly why: 'expired' | 'matches nothing';
}

/** Whether an exception or an exposure holds on the day `today`; without a day it does. */
export const isInForce = ({expires}: Exception | Exposure, today = ''): boolean =>
  expires === undefined || expires >= today;

/** A policy's exceptions and declared exposures, which remember whether they were of use. */
export class ExceptionBook {
  readonly #exceptions: readonly Exception[];
  readonly #exposed: readonly Exposure[];
  readonly #expired: readonly (Exception | Exposure)[];
  readonly #used = new Set<Exception | Exposure>();

  /** `today` is the day in UTC, YYYY-MM-DD; without it nothing expires. */
  constructor({exceptions, exposed}: Pick<Policy, 'exceptions' | 'exposed'>, today = '') {
    const isLive = (allowance: Exception | Exposure) => isInForce(allowance, today);
    this.#exceptions = exceptions.filter(isLive);
    this.#exposed = exposed.filter(isLive);
    this.#expired = [...exceptions, ...exposed].filter(each => !isLive(each));
  }

  /** What allows a finding of `rule`: the first exception, or a declared exposure; or undefined. */
  find(
    {id, isExposure}: {readonly id: string; readonly isExposure?: true},
    resource: Resource,
    container: string | undefined,
  ): Exception | Exposure | undefined {
    const exception = this.#exceptions.find(
      ({rules, match}) =>
        rules.includes(id) &&
        selects(match, resource) &&
        (match.container === undefined || matches(match.container, container ?? '')),
    );
    if (exception === undefined) return isExposure ? this.#exposure(resource) : undefined;
    this.#used.add(exception);
    return exception;
  }

  /** The first declaration that `resource` is exposed on purpose, or undefined. */
  #exposure(resource: Resource): Exposure | undefined {
    const exposure = this.#exposed.find(({match}) => selects(match, resource));
    if (exposure !== undefined) this.#used.add(exposure);
    return exposure;
  }

  /** To be asked when all findings have been looked up. */
  stale(): readonly StaleException[] {
    return [
      ...this.#expired.map(exception => ({exception, why: 'expired'}) as const),
      ...[...this.#exceptions, ...this.#exposed]
        .filter(exception => !this.#used.has(exception))
        .map(exception => ({exception, why: 'matches nothing'}) as const),
    ];
  }
}

/** The declared connections of which an end that must be a workload is none of `workloads`. */
export function staleConnections(
  connections: readonly DeclaredConnection[],
  workloads: readonly {readonly resource: Resource}[],
): readonly StaleException[] {
  const isNobody = (end: DeclaredConnection['from']) =>
    'workload' in end && !workloads.some(({resource}) => selects(end.workload, resource));
  return connections
    .filter(({from, to}) => isNobody(from) || isNobody(to))
    .map(exception => ({exception, why: 'matches nothing'}));
}
