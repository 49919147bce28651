import {asList, asMap, asString, type Json, type JsonMap, textOf} from '../json.ts';
import {selectsLabels} from './label-selector.ts';
import {NameIndex} from './name-index.ts';
import type {Resource} from './resource.ts';
import {WorkLimit} from './work-limit.ts';

export interface Labelled {
  readonly labels: JsonMap;
  readonly resource: Resource;
}

/** How often labels may be held against selectors in one stream: some seconds of work. */
const mostLooks = 20_000_000;
const tooManyLooks = `selectors would be held against the labels of more than ${mostLooks.toLocaleString('en')} objects in all: split the stream`;

/** Finds what a label selector selects, without looking at all that there is. */
export class LabelIndex<Item extends Labelled> {
  /** Everything, under an empty name, and what has a label, under `key=value`. */
  readonly #byLabel = new NameIndex<Item>();
  readonly #looks = new WorkLimit(mostLooks, tooManyLooks);

  constructor(items: readonly Item[]) {
    for (const item of items) {
      const {namespace} = item.resource;
      this.#byLabel.add('', namespace, item);
      for (const [key, value] of Object.entries(item.labels)) {
        this.#byLabel.add(`${key}=${textOf(value)}`, namespace, item);
      }
    }
  }

  /**
   * What a LabelSelector selects in `namespace`. A namespace that is left out, here or by an
   * object, is the release's, which may be any.
   */
  select(selector: Json | undefined, namespace: string | undefined): readonly Item[] {
    const candidates = this.#candidates(asMap(selector), namespace);
    this.#looks.count(candidates.length);
    return candidates.filter(({labels}) => selectsLabels(selector, labels));
  }

  /** Those that have the rarest of the labels that the selector demands; all where it has none. */
  #candidates(selector: JsonMap | undefined, namespace: string | undefined): readonly Item[] {
    let rarest: readonly string[] = [''];
    let fewest = Number.POSITIVE_INFINITY;
    for (const values of demandedLabels(selector)) {
      let count = 0;
      for (const label of values) count += this.#byLabel.count(label, namespace);
      if (count < fewest) [rarest, fewest] = [values, count];
    }
    const [first = '', ...others] = rarest;
    const found = this.#byLabel.find(first, namespace);
    return others.length === 0
      ? found
      : [...found, ...others.flatMap(label => this.#byLabel.find(label, namespace))];
  }
}

/** Of each requirement that names values: the labels of which an object must have one. */
function demandedLabels(selector: JsonMap | undefined): readonly (readonly string[])[] {
  const labels = Object.entries(asMap(selector?.['matchLabels']) ?? {});
  const listed = asList(selector?.['matchExpressions']).flatMap(item => {
    const requirement = asMap(item);
    const key = asString(requirement?.['key']);
    if (requirement?.['operator'] !== 'In' || key === undefined) return [];
    const values = new Set(asList(requirement['values']).map(textOf));
    return [[...values].map(value => `${key}=${value}`)];
  });
  return [...labels.map(([key, value]) => [`${key}=${textOf(value)}`]), ...listed];
}
