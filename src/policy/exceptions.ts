import type {Resource} from '../kubernetes/resource.ts';
import {EntriesByName} from './entries-by-name.ts';
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

/** What of a rule says whether a declared exposure allows what it finds. */
interface ExposableRule {
  readonly id: string;
  readonly isExposure?: true;
  /** Present where it looks at pods. */
  readonly checkContainer?: unknown;
}

/**
 * Whether an exposure may allow what `rule` finds. It means pods, and their host ports, only by their
 * kind: a name alone is that of the Service before them.
 */
export const mayExpose = (
  {isExposure, checkContainer}: ExposableRule,
  {match}: Exposure,
): boolean => isExposure === true && (checkContainer === undefined || match.kind !== undefined);

/** A policy's exceptions and declared exposures, which remember whether they were of use. */
export class ExceptionBook {
  readonly #live: readonly (Exception | Exposure)[];
  readonly #exceptions: EntriesByName<Exception>;
  readonly #exposed: EntriesByName<Exposure>;
  readonly #expired: readonly (Exception | Exposure)[];
  readonly #used = new Set<Exception | Exposure>();

  /** `today` is the day in UTC, YYYY-MM-DD; without it nothing expires. */
  constructor({exceptions, exposed}: Pick<Policy, 'exceptions' | 'exposed'>, today = '') {
    const isLive = (allowance: Exception | Exposure) => isInForce(allowance, today);
    this.#live = [...exceptions, ...exposed].filter(isLive);
    this.#exceptions = new EntriesByName(exceptions.filter(isLive));
    this.#exposed = new EntriesByName(exposed.filter(isLive));
    this.#expired = [...exceptions, ...exposed].filter(each => !isLive(each));
  }

  /** What allows a finding of `rule`: the first exception, or a declared exposure; or undefined. */
  find(
    rule: ExposableRule,
    resource: Resource,
    container: string | undefined,
  ): Exception | Exposure | undefined {
    const exception = this.#exceptions.find(
      resource.name,
      container,
      ({rules, match}) =>
        rules.includes(rule.id) &&
        selects(match, resource) &&
        (match.container === undefined || matches(match.container, container ?? '')),
    );
    if (exception === undefined) return this.#exposure(rule, resource);
    this.#used.add(exception);
    return exception;
  }

  /** The first declaration that `resource` is exposed on purpose, or undefined. */
  #exposure(rule: ExposableRule, resource: Resource): Exposure | undefined {
    const exposure = this.#exposed.find(
      resource.name,
      undefined,
      each => mayExpose(rule, each) && selects(each.match, resource),
    );
    if (exposure !== undefined) this.#used.add(exposure);
    return exposure;
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
