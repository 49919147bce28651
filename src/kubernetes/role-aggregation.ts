import {type Json, valueAt} from '../json.ts';
import {LabelIndex} from './label-index.ts';
import {labelsIn} from './label-selector.ts';
import {aggregationSelectorsOf} from './rbac.ts';
import type {Resource} from './resource.ts';

/**
 * How many comparisons of labels with the selectors of aggregated ClusterRoles one stream may need:
 * less than a second of work. Clusters have some hundred roles, of which few are aggregated.
 */
const mostLooks = 2_000_000;

/** The roles that aggregate whatever one selector selects. */
interface Aggregators {
  readonly selector: Json | undefined;
  readonly roles: Resource[];
}

/** Which ClusterRoles of a stream get the rules of which others. */
export class RoleAggregation {
  /** For each role, who aggregates it. Roles with the same selector share one entry. */
  readonly #aggregators = new Map<Resource, Aggregators[]>();

  /** @throws {UsageError} if the selections in one stream take too long */
  constructor(clusterRoles: readonly Resource[]) {
    const bySelector = aggregatorsIn(clusterRoles);
    if (bySelector.size === 0) return;
    const labelled = clusterRoles.map(resource => ({
      labels: labelsIn(valueAt(resource.value, ['metadata', 'labels'])),
      resource,
    }));
    const index = new LabelIndex(labelled, mostLooks);
    for (const aggregators of bySelector.values()) {
      for (const {resource} of index.select(aggregators.selector, undefined)) {
        const known = this.#aggregators.get(resource);
        if (known === undefined) this.#aggregators.set(resource, [aggregators]);
        else known.push(aggregators);
      }
    }
  }

  /** `roles`, and all roles that aggregate one of them, also through others. */
  withAggregatorsOf(roles: Iterable<Resource>): ReadonlySet<Resource> {
    const found = new Set(roles);
    const used = new Set<Aggregators>();
    // A set also iterates over what is added meanwhile.
    for (const role of found) {
      for (const aggregators of this.#aggregators.get(role) ?? []) {
        if (used.has(aggregators)) continue;
        used.add(aggregators);
        for (const each of aggregators.roles) found.add(each);
      }
    }
    return found;
  }
}

function aggregatorsIn(clusterRoles: readonly Resource[]): ReadonlyMap<string, Aggregators> {
  const bySelector = new Map<string, Aggregators>();
  for (const role of clusterRoles) {
    for (const {selector} of aggregationSelectorsOf(role)) {
      const key = JSON.stringify(selector ?? null);
      const same = bySelector.get(key);
      if (same === undefined) bySelector.set(key, {selector, roles: [role]});
      else same.roles.push(role);
    }
  }
  return bySelector;
}
