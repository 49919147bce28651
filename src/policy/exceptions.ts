import type {Path} from '../json.ts';
import {isClusterScoped} from '../kubernetes/cluster-scoped.ts';
import type {PodPlaces} from '../kubernetes/pod-places.ts';
import {podSpecsOf} from '../kubernetes/pod-spec.ts';
import type {Resource} from '../kubernetes/resource.ts';
import {memoized} from '../memoized.ts';
import {EntriesByName} from './entries-by-name.ts';
import type {DeclaredConnection} from './network-policy.ts';
import type {Exception, Exposure, Policy, PolicyEntry} from './policy.ts';
import {matches, selects} from './selector.ts';
import {allowsUses, type Uses} from './uses.ts';

/** A policy entry that had no effect, and why. Each is reported, so that none is silently stale. */
export interface StaleException {
  readonly exception: PolicyEntry;
  readonly why: 'expired' | 'matches nothing';
  /** Present if it would match an object in its namespace, and nobody says in which namespace that is. */
  readonly lacksNamespace?: true;
}

/**
 * The entries that had no effect in any of several streams. Entries are compared by what they say: of equal ones the first
 * is used, so the last ones are stale.
 */
export function staleInAll([first = [], ...others]: readonly (readonly StaleException[])[]) {
  const left = others.map(stale => {
    const counts = new Map<string, number>();
    for (const each of stale) counts.set(textOf(each), (counts.get(textOf(each)) ?? 0) + 1);
    return counts;
  });
  return first.filter(each => {
    const text = textOf(each);
    const isInAll = left.every(counts => (counts.get(text) ?? 0) > 0);
    if (isInAll) for (const counts of left) counts.set(text, (counts.get(text) ?? 0) - 1);
    return isInAll;
  });
}

const textOf = ({exception}: StaleException): string => JSON.stringify(exception);

/** Whether an exception or exposure is valid on the day `today`; without a day it is. */
export const isInForce = ({expires}: Exception | Exposure, today = ''): boolean =>
  expires === undefined || expires >= today;

/** The properties of a rule that decide whether an exposure allows its findings. */
interface ExposableRule {
  readonly id: string;
  readonly isExposure?: true;
  /** Present if it looks at pods. */
  readonly checkContainer?: unknown;
}

/**
 * Whether an exposure may allow the findings of `rule`. It matches pods and their host ports only
 * by kind: a name alone is that of the Service in front of them.
 */
export const mayExpose = (
  {isExposure, checkContainer}: ExposableRule,
  {match}: Pick<Exposure, 'match'>,
): boolean => isExposure === true && (checkContainer === undefined || match.kind !== undefined);

/** What an exception looks at in a finding. */
interface Excusable {
  readonly container?: string;
  readonly path: Path;
  readonly uses?: Uses;
}

/** The exceptions and exposures of a policy, which remember whether they were used. */
export class ExceptionBook {
  readonly #places: PodPlaces;
  readonly #live: readonly (Exception | Exposure)[];
  readonly #exceptions: EntriesByName<Exception>;
  readonly #exposed: EntriesByName<Exposure>;
  readonly #expired: readonly (Exception | Exposure)[];
  readonly #used = new Set<Exception | Exposure>();
  /** Entries that fit a finding but for the namespace, which nobody names. */
  readonly #unplaced = new Set<Exception | Exposure>();

  /** `today` is the day in UTC, YYYY-MM-DD; without it nothing expires. */
  constructor(
    {exceptions, exposed, workloads}: Pick<Policy, 'exceptions' | 'exposed' | 'workloads'>,
    today = '',
  ) {
    this.#places = workloads;
    const isLive = (allowance: Exception | Exposure) => isInForce(allowance, today);
    this.#live = [...exceptions, ...exposed].filter(isLive);
    this.#exceptions = new EntriesByName(exceptions.filter(isLive));
    this.#exposed = new EntriesByName(exposed.filter(isLive));
    this.#expired = [...exceptions, ...exposed].filter(each => !isLive(each));
  }

  /** What allows a finding of `rule`: the first exception or exposure that matches, if any. */
  find(
    rule: ExposableRule,
    resource: Resource,
    found: Excusable,
  ): Exception | Exposure | undefined {
    const {container} = found;
    const isUnplaced = lacksNamespace(resource);
    const exception = this.#exceptions.find(
      resource.name,
      container,
      entry =>
        namesRule(entry.rules, rule.id) &&
        (entry.match.container === undefined || matches(entry.match.container, container ?? '')) &&
        (entry.match.image === undefined || this.#hasImage(entry.match.image, resource, found)) &&
        allowsUses(entry.match, found.uses) &&
        this.#selects(entry, resource, isUnplaced),
    );
    if (exception === undefined) return this.#exposure(rule, resource, isUnplaced);
    this.#used.add(exception);
    return exception;
  }

  /** Whether an entry matches an object. Remembers it if only an unknown namespace is in the way. */
  #selects(entry: Exception | Exposure, resource: Resource, isUnplaced: boolean): boolean {
    const {namespace, ...others} = entry.match;
    if (!isUnplaced || namespace === undefined) {
      return selects(entry.match, resource, this.#places);
    }
    if (!selects(others, resource, this.#places)) return false;
    if (selects(entry.match, resource, this.#places)) return true;
    this.#unplaced.add(entry);
    return false;
  }

  /** Whether a finding is in a container with such an image. */
  #hasImage(pattern: string, resource: Resource, {container, path}: Excusable): boolean {
    if (container === undefined) return false;
    const holder = containersIn(this.#places)(resource).find(each =>
      each.path.every((step, depth) => path[depth] === step),
    );
    const image = holder?.value['image'];
    return typeof image === 'string' && matches(pattern, image);
  }

  /** The first `exposed` entry that matches `resource`, if any. */
  #exposure(rule: ExposableRule, resource: Resource, isUnplaced: boolean): Exposure | undefined {
    const exposure = this.#exposed.find(
      resource.name,
      undefined,
      each => mayExpose(rule, each) && this.#selects(each, resource, isUnplaced),
    );
    if (exposure !== undefined) this.#used.add(exposure);
    return exposure;
  }

  /** To be called when all findings have been looked up. */
  stale(): readonly StaleException[] {
    return [
      ...this.#expired.map(exception => ({exception, why: 'expired'}) as const),
      ...this.#live
        .filter(exception => !this.#used.has(exception))
        .map(exception => ({
          exception,
          why: 'matches nothing' as const,
          ...(this.#unplaced.has(exception) ? {lacksNamespace: true as const} : {}),
        })),
    ];
  }
}

/** Whether neither the manifest nor the call says in which namespace an object will be. */
const lacksNamespace = ({
  group,
  kind,
  namespace,
  isNamespaceAssumed,
  givenNamespace,
}: Resource): boolean =>
  (isNamespaceAssumed === true || (namespace ?? givenNamespace) === undefined) &&
  !isClusterScoped(group, kind);

/** Why an entry is of no use, in words. */
export const stalenessOf = ({why, lacksNamespace}: StaleException): string =>
  lacksNamespace ? `${why} without --namespace` : why;

/** Whether one of `rules`, ids or patterns, is the rule `id`. */
export const namesRule = (rules: readonly string[], id: string): boolean =>
  rules.some(pattern => matches(pattern, id));

/** Many findings are in the containers of one object. */
const containersIn = memoized((places: PodPlaces) =>
  memoized((resource: Resource) =>
    podSpecsOf(resource, places).flatMap(({containers}) => containers),
  ),
);

/** The declared connections with a workload that is not in `workloads`. */
export function staleConnections(
  connections: readonly DeclaredConnection[],
  workloads: readonly {readonly resource: Resource}[],
  places: PodPlaces,
): readonly StaleException[] {
  const isNobody = (end: DeclaredConnection['from']) =>
    'workload' in end && !workloads.some(({resource}) => selects(end.workload, resource, places));
  return connections
    .filter(({from, to}) => isNobody(from) || isNobody(to))
    .map(exception => ({exception, why: 'matches nothing'}));
}
