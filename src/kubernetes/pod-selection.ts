import {asList, asMap, asString, type Json, type JsonMap} from '../json.ts';
import {selectsLabels} from './label-selector.ts';
import type {Workload} from './workload.ts';

/** Finds the workloads whose pods a selector selects, without looking at each of them. */
export class PodSelection {
  readonly #workloads: readonly Workload[];
  readonly #byLabel = new Map<string, Workload[]>();

  constructor(workloads: readonly Workload[]) {
    this.#workloads = workloads;
    for (const workload of workloads) {
      for (const [key, value] of Object.entries(workload.labels)) {
        const label = `${key}=${value}`;
        const same = this.#byLabel.get(label);
        if (same === undefined) this.#byLabel.set(label, [workload]);
        else same.push(workload);
      }
    }
  }

  /**
   * The workloads whose pods a LabelSelector selects in `namespace`. A namespace that is left out,
   * here or by a workload, is the release's, which may be any.
   */
  select(selector: Json | undefined, namespace: string | undefined): readonly Workload[] {
    return this.#candidates(asMap(selector)).filter(
      ({labels, resource}) =>
        maySameNamespace(resource.namespace, namespace) && selectsLabels(selector, labels),
    );
  }

  /** Those that have the rarest of the labels that the selector demands; all where it has none. */
  #candidates(selector: JsonMap | undefined): readonly Workload[] {
    let fewest = this.#workloads;
    for (const values of demandedLabels(selector)) {
      const candidates = values.flatMap(label => this.#byLabel.get(label) ?? []);
      if (candidates.length < fewest.length) fewest = candidates;
    }
    return fewest;
  }
}

export const maySameNamespace = (one: string | undefined, other: string | undefined): boolean =>
  one === undefined || other === undefined || one === other;

/** Of each requirement that names values: the labels of which a pod must have one. */
function demandedLabels(selector: JsonMap | undefined): readonly (readonly string[])[] {
  const labels = Object.entries(asMap(selector?.['matchLabels']) ?? {});
  const listed = asList(selector?.['matchExpressions']).flatMap(item => {
    const requirement = asMap(item);
    const key = asString(requirement?.['key']);
    if (requirement?.['operator'] !== 'In' || key === undefined) return [];
    const values = new Set(asList(requirement['values']).map(String));
    return [[...values].map(value => `${key}=${value}`)];
  });
  return [...labels.map(([key, value]) => [`${key}=${value}`]), ...listed];
}
